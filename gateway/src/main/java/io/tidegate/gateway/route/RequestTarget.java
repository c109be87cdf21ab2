package io.tidegate.gateway.route;

/**
 * The path and query of a request, read once: what is matched is what is forwarded.
 *
 * <p>Pure and safe on any thread.
 */
public sealed interface RequestTarget {
  /**
   * A target that may be routed.
   *
   * @param path in normal form, starts with a slash; the very instance that came in when that was
   *     normal already
   * @param query as it came, without the question mark; null when there was none, as Vert.x has it,
   *     so that nothing is allocated for it
   */
  record Valid(String path, String query) implements RequestTarget {}

  /** A target to refuse with 400; {@code reason} may be shown to the client. */
  record Invalid(String reason) implements RequestTarget {}

  /**
   * Reads a request-target in origin form (RFC 9112 §3.2.1).
   *
   * @param path all before the question mark, as it came
   * @param query all after it, or null
   */
  static RequestTarget read(String path, String query) {
    String normal = path;
    if (!PathNormalizer.isNormal(path)) {
      PathNormalizer normalizer = new PathNormalizer(path);
      if (normalizer.problem() != null) {
        return new Invalid(normalizer.problem());
      }
      normal = normalizer.path();
    }
    int bad = query == null ? -1 : firstRefused(query);
    return bad < 0
        ? new Valid(normal, query)
        : new Invalid(
            String.format(
                "the query contains the character 0x%02X at %d", (int) query.charAt(bad), bad));
  }

  /** The same for a target in one piece, {@code /path?query}. */
  static RequestTarget read(String uri) {
    int mark = uri.indexOf('?');
    return mark < 0 ? read(uri, null) : read(uri.substring(0, mark), uri.substring(mark + 1));
  }

  /**
   * Laxer than the path: browsers send {@code |}, {@code [} and the like in queries unencoded, and
   * nothing is matched on them but decoded values.
   */
  private static int firstRefused(String query) {
    for (int i = 0; i < query.length(); i++) {
      char c = query.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        return i;
      }
    }
    return -1;
  }
}
