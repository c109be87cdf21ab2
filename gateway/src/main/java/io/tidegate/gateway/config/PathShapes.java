package io.tidegate.gateway.config;

import io.tidegate.gateway.route.PathPattern;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths to match, and the placeholders that take parts of them. */
final class PathShapes {
  private static final String EXPECTED = "a path such as /a/b, /a/{id} or /a/**";
  private static final int LONGEST = 2048;
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]*)(}?)");

  /** Stands for the rest that {@code **} matched, or the whole path in a redirect. */
  private static final String REST = "path";

  static final ScalarShape MATCH = Shapes.parsed(EXPECTED, "/.*", PathShapes::check);

  private PathShapes() {}

  private static Object check(String path) {
    if (path.length() > LONGEST) {
      throw new Unfit(EXPECTED + ", of at most " + LONGEST + " characters");
    }
    try {
      PathPattern.parse(path);
      return path;
    } catch (IllegalArgumentException e) {
      // The path itself is shown before; it may come from the environment.
      String reason = e.getMessage().replace(": " + path, "").replace(path, "it");
      throw new Unfit(EXPECTED + " (" + reason + ")");
    }
  }

  /** The first placeholder of a template that is none of the known; empty: all are known. */
  static String unknownPlaceholder(String template, Collection<String> known) {
    Matcher matcher = PLACEHOLDER.matcher(template);
    while (matcher.find()) {
      String name = matcher.group(1);
      if (matcher.group(2).isEmpty() || !(known.contains(name) || name.equals(REST))) {
        return matcher.group();
      }
    }
    return "";
  }
}
