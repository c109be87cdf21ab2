package io.tidegate.gateway.route;

import java.util.function.UnaryOperator;

/**
 * Turns the path that matched into the path to forward. In this order, each where it is given: the
 * path is replaced, the prefix is stripped, the prefix is added.
 *
 * <p>The result starts with a slash and is in normal form, as what came in. Immutable, safe on any
 * thread; a route that rewrites nothing allocates nothing.
 */
public final class Rewriter {
  private final UnaryOperator<String> steps;

  private Rewriter(UnaryOperator<String> steps) {
    this.steps = steps;
  }

  /**
   * @throws IllegalArgumentException when a part is not a path or names a parameter that {@code
   *     pattern} does not have
   */
  public static Rewriter compile(RewriteOptions options, PathPattern pattern) {
    UnaryOperator<String> replace =
        options
            .path()
            .map(text -> PathTemplate.ofPath(text, pattern, PathTemplate.Rest.OF_PREFIX))
            .<UnaryOperator<String>>map(template -> template::fill)
            .orElse(path -> path);
    UnaryOperator<String> strip =
        options.stripPrefix().map(Rewriter::prefix).map(Rewriter::strip).orElse(path -> path);
    UnaryOperator<String> add =
        options
            .addPrefix()
            .map(Rewriter::prefix)
            .<UnaryOperator<String>>map(prefix -> prefix::concat)
            .orElse(path -> path);
    return new Rewriter(path -> add.apply(strip.apply(replace.apply(path))));
  }

  /**
   * @param path in normal form, matched by the pattern this was compiled for
   * @return the path to forward; the same instance when nothing changes
   */
  public String rewrite(String path) {
    String rewritten = steps.apply(path);
    return rewritten.isEmpty() ? "/" : rewritten;
  }

  /**
   * What is left begins with a slash or is empty, so that {@code /orders} stripped of itself and
   * put under {@code /v2} is {@code /v2}, and {@code /orders/} is {@code /v2/}.
   */
  private static UnaryOperator<String> strip(String prefix) {
    return path -> {
      boolean whole =
          path.startsWith(prefix)
              && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
      return whole ? path.substring(prefix.length()) : path;
    };
  }

  /** Without trailing slash, since what follows brings its own. */
  private static String prefix(String text) {
    RequestTarget target = RequestTarget.read(text, null);
    if (target instanceof RequestTarget.Invalid invalid) {
      throw new IllegalArgumentException(invalid.reason() + ": " + text);
    }
    String path = ((RequestTarget.Valid) target).path();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
