package io.tidegate.gateway.config;

import io.tidegate.gateway.route.PathPattern;

/** Paths to match, and the placeholders that take parts of them. */
final class PathShapes {
  private static final String EXPECTED = "a path such as /a/b, /a/{id} or /a/**";
  private static final int LONGEST = 2048;

  /** Shorter texts may be found in any sentence. */
  private static final int SHORT = 4;

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
      throw new Unfit(EXPECTED + " (" + reason(e, path) + ")");
    }
  }

  /** Why a text was refused, without the text itself: it may come from the environment. */
  static String reason(IllegalArgumentException refusal, String text) {
    String reason = refusal.getMessage().replace(": " + text, "");
    return text.length() < SHORT ? reason : reason.replace(text, "it");
  }
}
