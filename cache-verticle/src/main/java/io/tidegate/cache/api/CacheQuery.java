package io.tidegate.cache.api;

import io.vertx.core.MultiMap;

/**
 * What the cache has to know of a request, on a route that caches. Made once per request; used by
 * value, though the fields are the request's own and are only read.
 *
 * @param method in capitals, as it came
 * @param scheme {@code http} or {@code https}, as the client used it
 * @param host authority of the target URI in small letters, with the port when it is not the
 *     scheme's own; never what an unverified X-Forwarded-Host says
 * @param path normalised and still encoded, as it was matched
 * @param query without the question mark; null when there is none
 * @param headers the request's fields as they came from the client; not changed while the cache
 *     works on the query
 * @param upstreamDown whether the upstream is known not to answer now, as when its breaker is open:
 *     then a stale answer is given as long as {@code stale-if-error} lasts, and nobody is asked to
 *     refresh it
 */
public record CacheQuery(
    CachePolicy policy,
    String method,
    String scheme,
    String host,
    String path,
    String query,
    MultiMap headers,
    boolean upstreamDown) {
  /** Whether its answer may be used again by others: GET and HEAD (RFC 9110 §9.2.1). */
  public boolean isSafe() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
