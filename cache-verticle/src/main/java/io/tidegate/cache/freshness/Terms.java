package io.tidegate.cache.freshness;

import io.tidegate.cache.api.StoredResponse;

/**
 * On what terms a stored response may be used: its directives, read once, to be kept beside it.
 * Made from what is stored, so it can be made again anywhere.
 *
 * @param noCache never without the origin's confirmation (RFC 9111 §5.2.2.4)
 * @param mustRevalidate never stale: {@code must-revalidate}, {@code proxy-revalidate}
 * @param sharedMaxAge its lifetime is that of {@code s-maxage}: not stale because a request would
 *     take that (§5.2.2.10)
 * @param staleWhileRevalidate seconds past its lifetime in which it is good enough while it is
 *     being refreshed; 0 when the origin does not say so
 * @param staleIfError seconds past its lifetime in which it is better than an error; likewise
 */
public record Terms(
    boolean noCache,
    boolean mustRevalidate,
    boolean sharedMaxAge,
    long staleWhileRevalidate,
    long staleIfError) {
  /** Reads the fields of a stored response. */
  public static Terms of(StoredResponse stored) {
    ResponseDirectives directives = ResponseDirectives.of(stored.headers()::all);
    return new Terms(
        directives.noCache(),
        directives.mustRevalidate(),
        directives.sMaxage() != Directives.ABSENT,
        Math.max(0, directives.staleWhileRevalidate()),
        Math.max(0, directives.staleIfError()));
  }
}
