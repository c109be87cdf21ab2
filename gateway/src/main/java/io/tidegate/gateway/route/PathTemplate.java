package io.tidegate.gateway.route;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path with {@code {name}} in it, filled from the path that a pattern matched.
 *
 * <p>Since the values come from a path in normal form and the text around them is checked here, the
 * result is in normal form too: no doubled slash, no dot segment, nothing that could end a header
 * line.
 */
final class PathTemplate {
  /** What {@code {path}} stands for. */
  enum Rest {
    /** What {@code **} took. */
    OF_PREFIX,
    /** All of the path but its leading slash. */
    WHOLE
  }

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern LEADING_DOTS = Pattern.compile("(/|%2F|%5C)\\.{1,2}\\{");
  private static final Pattern PARTIAL_REST = Pattern.compile("[^/]\\{path}|\\{path}[^/]");

  private final List<UnaryOperator<String>> pieces;

  private PathTemplate(List<UnaryOperator<String>> pieces) {
    this.pieces = List.copyOf(pieces);
  }

  /**
   * @throws IllegalArgumentException when {@code text} is no path, names what {@code pattern} does
   *     not have, or could be filled to something else than a path in normal form
   */
  static PathTemplate ofPath(String text, PathPattern pattern, Rest rest) {
    String sample = PLACEHOLDER.matcher(text).replaceAll("x");
    RequestTarget target = RequestTarget.read(sample, null);
    if (target instanceof RequestTarget.Invalid invalid) {
      throw new IllegalArgumentException(invalid.reason() + ": " + text);
    }
    if (!((RequestTarget.Valid) target).path().equals(sample)) {
      throw new IllegalArgumentException(
          "the path is not in normal form (single slashes, no dot segments, %2F in upper case): "
              + text);
    }
    if (LEADING_DOTS.matcher(text).find()) {
      throw new IllegalArgumentException("a segment does not start with dots and {name}: " + text);
    }
    if (PARTIAL_REST.matcher(text).find()) {
      throw new IllegalArgumentException("{path} takes whole segments: " + text);
    }
    return new PathTemplate(pieces(text, pattern, rest, UnaryOperator.identity()));
  }

  /**
   * Like {@link #ofPath} for a query, whose own characters the caller checks. In values, what would
   * end a pair or begin another is encoded.
   */
  static PathTemplate ofQuery(String text, PathPattern pattern, Rest rest) {
    return new PathTemplate(pieces(text, pattern, rest, PathTemplate::escaped));
  }

  private static List<UnaryOperator<String>> pieces(
      String text, PathPattern pattern, Rest rest, UnaryOperator<String> escape) {
    List<UnaryOperator<String>> pieces = new ArrayList<>();
    Matcher placeholders = PLACEHOLDER.matcher(text);
    int from = 0;
    while (placeholders.find()) {
      pieces.add(literal(text.substring(from, placeholders.start())));
      UnaryOperator<String> value = value(placeholders.group(1), pattern, rest);
      pieces.add(path -> escape.apply(value.apply(path)));
      from = placeholders.end();
    }
    pieces.add(literal(text.substring(from)));
    return pieces;
  }

  private static String escaped(String value) {
    return value.replace("&", "%26").replace("+", "%2B").replace(";", "%3B").replace("=", "%3D");
  }

  private static UnaryOperator<String> literal(String text) {
    return path -> text;
  }

  private static UnaryOperator<String> value(String name, PathPattern pattern, Rest rest) {
    if (name.equals(PathPattern.REST) && rest == Rest.WHOLE) {
      return path -> path.substring(1);
    }
    if (name.equals(PathPattern.REST)) {
      if (pattern.kind() != PathPattern.Kind.PREFIX) {
        throw new IllegalArgumentException("{path} needs a match that ends in /**, not " + pattern);
      }
      return pattern::rest;
    }
    int segment = pattern.segmentOf(name);
    if (segment < 0) {
      throw new IllegalArgumentException("{" + name + "} is no parameter of " + pattern);
    }
    return path -> pattern.segmentAt(segment, path);
  }

  /**
   * @param path in normal form, matched by the pattern
   */
  String fill(String path) {
    StringBuilder out = new StringBuilder(path.length() + 16);
    for (int i = 0; i < pieces.size(); i++) {
      append(out, pieces.get(i).apply(path));
    }
    return out.toString();
  }

  /** An empty {@code {path}}, or one that ends in a slash, must not leave two slashes in a row. */
  private static void append(StringBuilder out, String piece) {
    boolean doubled =
        piece.startsWith("/") && out.length() > 0 && out.charAt(out.length() - 1) == '/';
    out.append(piece, doubled ? 1 : 0, piece.length());
  }
}
