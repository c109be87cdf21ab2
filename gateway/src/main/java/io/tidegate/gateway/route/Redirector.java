package io.tidegate.gateway.route;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the Location of a redirect. {@code {path}} is the request's path without its leading
 * slash, {@code {name}} a path parameter; the request's query is kept unless the target has one of
 * its own.
 *
 * <p>A client decides on the values, so they stand only where they cannot change the destination:
 * in the path behind a fixed authority, never as scheme, host or {@code //host}; and in the query,
 * where what would begin another pair is encoded. Immutable, safe on any thread.
 */
public final class Redirector {
  private static final Pattern TARGET =
      Pattern.compile(
          "(?<origin>https?://[A-Za-z0-9.:\\[\\]_~%-]+)?"
              + "(?<path>/[^?#]*)?(?<query>\\?[^#]*)?(?<fragment>#[^{}]*)?");
  private static final Pattern PRINTABLE = Pattern.compile("[!-~&&[^\\\\]]+");

  private final String origin;
  private final UnaryOperator<String> path;
  private final UnaryOperator<String> query; // null when the request's is kept
  private final String fragment;

  private Redirector(Matcher target, PathPattern pattern) {
    origin = orEmpty(target.group("origin"));
    fragment = orEmpty(target.group("fragment"));
    String pathText = target.group("path");
    path =
        pathText == null
            ? any -> ""
            : PathTemplate.ofPath(pathText, pattern, PathTemplate.Rest.WHOLE)::fill;
    String queryText = target.group("query");
    query =
        queryText == null
            ? null
            : PathTemplate.ofQuery(queryText, pattern, PathTemplate.Rest.WHOLE)::fill;
  }

  /**
   * @throws IllegalArgumentException when the target is neither an http or https URL nor a path, or
   *     when a value would stand where it could send the client elsewhere
   */
  public static Redirector compile(Target.Redirect redirect, PathPattern pattern) {
    String to = redirect.to();
    Matcher target = TARGET.matcher(to);
    boolean printable = PRINTABLE.matcher(to).matches();
    if (!printable || to.startsWith("//") || !target.matches() || isRelative(target)) {
      throw new IllegalArgumentException(
          "expected a path or an http(s) URL, with {path} and {name} only behind its host: " + to);
    }
    return new Redirector(target, pattern);
  }

  /**
   * @param requestPath in normal form, matched by the pattern this was compiled for
   * @param requestQuery as {@link RequestTarget} gave it, or null
   */
  public String location(String requestPath, String requestQuery) {
    String ownQuery = query == null ? "" : query.apply(requestPath);
    boolean kept = query == null && requestQuery != null;
    return origin + path.apply(requestPath) + (kept ? "?" + requestQuery : ownQuery) + fragment;
  }

  private static boolean isRelative(Matcher target) {
    return target.group("origin") == null && target.group("path") == null;
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }
}
