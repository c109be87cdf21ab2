package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.StoredResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * May a stored response that the request selects be used for it, now (RFC 9111 §4, §4.2.4, §5.2.1)?
 * Of a route's and a response's say on staleness the route's counts; of a request's {@code
 * stale-if-error} and theirs, the longer. Nothing is ever used stale that the origin forbids to:
 * {@code no-cache}, {@code must-revalidate} and {@code proxy-revalidate} hold against route and
 * request.
 *
 * <p>{@code s-maxage} alone forbids it too (§5.2.2.10), and holds against the request; but an
 * origin that names a stale window beside it has permitted that window, and a route that does is a
 * contract with the origin (§4.2.4). Both are how CDNs read it.
 */
public enum Reuse {
  /** Fresh, and fresh enough for this request. */
  FRESH(Use.SERVE),
  /** Stale, within the request's {@code max-stale} (§5.2.1.2). */
  STALE_ACCEPTED(Use.SERVE),
  /** Stale, within {@code stale-if-error}, and the upstream is known not to answer. */
  STALE_UPSTREAM_DOWN(Use.SERVE),
  /** Stale, within {@code stale-while-revalidate}: use it and refresh it (RFC 5861 §3). */
  STALE_WHILE_REVALIDATE(Use.SERVE_AND_REFRESH),
  /** Stale. */
  STALE(Use.VALIDATE),
  /** The origin wants to be asked each time (§5.2.2.4). */
  NO_CACHE(Use.VALIDATE),
  /** The request wants something fresher, or the origin's word. */
  REQUESTED(Use.VALIDATE),
  /** It would have to be validated, and the request forbids that: 504 (§5.2.1.7). */
  GATEWAY_TIMEOUT(Use.REFUSE);

  /** What to do. */
  public enum Use {
    /** Answer with it. */
    SERVE,
    /** Answer with it, and ask the origin in the background. */
    SERVE_AND_REFRESH,
    /** Ask the origin first. */
    VALIDATE,
    /** Answer 504 without asking. */
    REFUSE
  }

  private final Use use;
  private final String token = name().toLowerCase(Locale.ROOT).replace('_', '-');

  Reuse(Use use) {
    this.use = use;
  }

  public Use use() {
    return use;
  }

  /** Whether the request is answered with the stored response. */
  public boolean isServed() {
    return use == Use.SERVE || use == Use.SERVE_AND_REFRESH;
  }

  /** As in logs, metrics and the detail of Cache-Status. */
  public String token() {
    return token;
  }

  /**
   * Allocates nothing.
   *
   * @param terms of {@code stored}
   * @param policy of the route now, which may be another than when it was stored
   * @param nowMillis since the epoch
   * @param upstreamDown whether the upstream is known not to answer, as when its breaker is open
   */
  public static Reuse judge(
      StoredResponse stored,
      Terms terms,
      RequestDirectives request,
      CachePolicy policy,
      long nowMillis,
      boolean upstreamDown) {
    Reuse found = decide(stored, terms, request, policy, nowMillis, upstreamDown);
    return request.onlyIfCached() && found.use == Use.VALIDATE ? GATEWAY_TIMEOUT : found;
  }

  private static Reuse decide(
      StoredResponse stored,
      Terms terms,
      RequestDirectives request,
      CachePolicy policy,
      long nowMillis,
      boolean upstreamDown) {
    if (terms.noCache()) {
      return NO_CACHE;
    }
    long age = stored.ageSeconds(nowMillis);
    if (request.noCache() || request.noStore() || isTooOld(age, request)) {
      return REQUESTED;
    }
    long left = stored.lifetimeSeconds() - age;
    if (left > 0 && !stored.softPurged()) {
      return left < request.minFresh() ? REQUESTED : FRESH;
    }
    if (terms.mustRevalidate() || request.minFresh() != RequestDirectives.ABSENT) {
      return STALE;
    }
    long staleness = stored.softPurged() ? Math.max(0, -left) : -left;
    boolean asked = request.maxStale() > staleness && !stored.softPurged();
    if (asked && !holdsAgainstRequest(terms, policy)) {
      return STALE_ACCEPTED;
    }
    if (request.maxAge() != RequestDirectives.ABSENT) {
      return STALE;
    }
    if (upstreamDown) {
      return staleness < errorWindow(terms, request, policy) ? STALE_UPSTREAM_DOWN : STALE;
    }
    long window = window(policy.staleWhileRevalidate(), terms.staleWhileRevalidate());
    return staleness < window ? STALE_WHILE_REVALIDATE : STALE;
  }

  /**
   * Whether a stored response may be used although it could not be validated, because the origin
   * did not answer or answered 500, 502, 503 or 504 (RFC 5861 §4). It may be fresh, if it was the
   * request that asked for validation by an age.
   */
  public static boolean isAllowedOnError(
      StoredResponse stored,
      Terms terms,
      RequestDirectives request,
      CachePolicy policy,
      long nowMillis) {
    long age = stored.ageSeconds(nowMillis);
    if (terms.noCache() || request.noCache() || request.noStore() || isTooOld(age, request)) {
      return false;
    }
    long left = stored.lifetimeSeconds() - age;
    if (left > 0 && !stored.softPurged()) {
      return left >= request.minFresh();
    }
    return !terms.mustRevalidate()
        && request.minFresh() == RequestDirectives.ABSENT
        && Math.max(0, -left) < errorWindow(terms, request, policy);
  }

  /** Freshness left in seconds, for Cache-Status; negative: stale by so much. */
  public static long ttlSeconds(StoredResponse stored, long nowMillis) {
    return stored.lifetimeSeconds() - stored.ageSeconds(nowMillis);
  }

  /** An age of 0 is asked for by those who want the origin's word, as browsers do on reload. */
  private static boolean isTooOld(long age, RequestDirectives request) {
    return request.maxAge() == 0 || request.maxAge() > 0 && age > request.maxAge();
  }

  /** A lifetime that the route forces is not that of {@code s-maxage}. */
  private static boolean holdsAgainstRequest(Terms terms, CachePolicy policy) {
    return terms.sharedMaxAge() && policy.ttl().isEmpty();
  }

  private static long errorWindow(Terms terms, RequestDirectives request, CachePolicy policy) {
    long named = window(policy.staleIfError(), terms.staleIfError());
    return holdsAgainstRequest(terms, policy) ? named : Math.max(named, request.staleIfError());
  }

  private static long window(Optional<Duration> route, long origin) {
    return route.isPresent() ? route.get().toSeconds() : origin;
  }
}
