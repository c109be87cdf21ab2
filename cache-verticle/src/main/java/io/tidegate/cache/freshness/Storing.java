package io.tidegate.cache.freshness;

import static io.tidegate.cache.freshness.Storability.Unstorable.AUTHORIZATION;
import static io.tidegate.cache.freshness.Storability.Unstorable.METHOD;
import static io.tidegate.cache.freshness.Storability.Unstorable.NO_LIFETIME;
import static io.tidegate.cache.freshness.Storability.Unstorable.NO_STORE;
import static io.tidegate.cache.freshness.Storability.Unstorable.PRIVATE;
import static io.tidegate.cache.freshness.Storability.Unstorable.REQUEST_NO_STORE;
import static io.tidegate.cache.freshness.Storability.Unstorable.SET_COOKIE;
import static io.tidegate.cache.freshness.Storability.Unstorable.STATUS;
import static io.tidegate.cache.freshness.Storability.Unstorable.STATUS_NOT_LISTED;
import static io.tidegate.cache.freshness.Storability.Unstorable.STATUS_NOT_UNDERSTOOD;
import static io.tidegate.cache.freshness.Storability.Unstorable.TOO_LARGE;
import static io.tidegate.cache.freshness.Storability.Unstorable.USELESS;
import static io.tidegate.cache.freshness.Storability.Unstorable.VARY;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.Fields;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;

/**
 * May a response be stored by a shared cache (RFC 9111 §3)?
 *
 * <p>A response that sets a cookie is not stored, since it was most likely made for one person,
 * unless the origin calls it {@code public} or withholds the cookie by {@code
 * no-cache="set-cookie"}. Even then the cookie itself goes to the one who asked, and is not stored:
 * no cookie is ever given to another.
 */
public final class Storing {
  /**
   * Never stored: 206, 304, 412 and 416 answer this request's own conditions and ranges; 401, 407,
   * 408, 413, 417, 421, 425, 426, 428, 429, 431 and 511 are about this client or connection, and
   * RFC 6585 forbids the last four outright.
   */
  private static final Set<Integer> FOR_ONE_REQUEST =
      Set.of(206, 304, 401, 407, 408, 412, 413, 416, 417, 421, 425, 426, 428, 429, 431, 511);

  /** Final statuses of RFC 9110 §15 whose caching is understood here ({@code must-understand}). */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(
          200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 307, 308, 400, 402, 403, 404, 405, 406,
          409, 410, 411, 414, 415, 422, 500, 501, 502, 503, 504, 505);

  private Storing() {}

  /**
   * @param policy of the route; its {@code ttl} takes the place of every lifetime that the origin
   *     names, but not of {@code no-store}, {@code private}, {@code no-cache} and {@code
   *     must-revalidate}, which are conditions and not lifetimes
   */
  public static Storability judge(Fetch fetch, CachePolicy policy) {
    ResponseDirectives directives = ResponseDirectives.of(fetch.response()::getAll);
    Storability.Unstorable refused = refusal(fetch, directives, policy);
    if (refused != null) {
      return refused;
    }
    long initialAge = Lifetime.initialAge(fetch);
    long lifetime = Lifetime.seconds(fetch, directives, policy, initialAge);
    if (lifetime <= initialAge || directives.noCache()) {
      if (!isOfUseWhenStale(fetch, directives, policy)) {
        return USELESS;
      }
    }
    Fields kept = StoredFields.of(fetch.response(), directives.withheld());
    List<String> vary = Variants.names(fetch.response(), policy).orElseThrow();
    return new Storable(
        fetch.status(),
        kept,
        contentLength(fetch),
        fetch.requestMillis(),
        fetch.responseMillis(),
        initialAge,
        lifetime,
        vary,
        Variants.text(vary, fetch.request()),
        SurrogateTags.of(fetch.response(), policy));
  }

  private static Storability.Unstorable refusal(
      Fetch fetch, ResponseDirectives directives, CachePolicy policy) {
    if (!fetch.method().equals("GET")) {
      return METHOD;
    }
    Storability.Unstorable refused = refusedStatus(fetch.status(), directives, policy);
    if (refused == null) {
      refused = refusedSharing(fetch, directives, policy);
    }
    if (refused != null) {
      return refused;
    }
    if (contentLength(fetch) > policy.maxObject()) {
      return TOO_LARGE;
    }
    return Variants.names(fetch.response(), policy).isEmpty() ? VARY : null;
  }

  private static Storability.Unstorable refusedStatus(
      int status, ResponseDirectives directives, CachePolicy policy) {
    if (status < 200 || FOR_ONE_REQUEST.contains(status)) {
      return STATUS;
    }
    if (!policy.statuses().isEmpty() && !policy.statuses().contains(status)) {
      return STATUS_NOT_LISTED;
    }
    return directives.mustUnderstand() && !UNDERSTOOD.contains(status)
        ? STATUS_NOT_UNDERSTOOD
        : null;
  }

  private static Storability.Unstorable refusedSharing(
      Fetch fetch, ResponseDirectives directives, CachePolicy policy) {
    MultiMap response = fetch.response();
    if (directives.noStore() && !directives.mustUnderstand()
        || !directives.targeted() && Lifetime.surrogateForbids(response)) {
      return NO_STORE;
    }
    if (directives.isPrivate()) {
      return PRIVATE;
    }
    if (RequestDirectives.of(fetch.request()).noStore()) {
      return REQUEST_NO_STORE;
    }
    if (fetch.request().contains("authorization") && !policy.authorized()) {
      if (!isForEveryone(directives)) {
        return AUTHORIZATION;
      }
    }
    if (response.contains("set-cookie")
        && !directives.isPublic()
        && !directives.withheld().contains("set-cookie")) {
      return SET_COOKIE;
    }
    return isStoredAtAll(fetch, directives, policy) ? null : NO_LIFETIME;
  }

  /** §3.5. */
  private static boolean isForEveryone(ResponseDirectives directives) {
    return directives.isPublic()
        || directives.mustRevalidate()
        || directives.sMaxage() != Directives.ABSENT;
  }

  /** The last point of §3; a route that lists statuses thereby says that they may. */
  private static boolean isStoredAtAll(
      Fetch fetch, ResponseDirectives directives, CachePolicy policy) {
    return directives.isPublic()
        || Lifetime.isExplicit(fetch.response(), directives)
        || Lifetime.isHeuristicallyCacheable(fetch.status())
        || policy.ttl().isPresent() && !policy.statuses().isEmpty();
  }

  /** Only a 200 can be validated (§4.3.4). */
  private static boolean isOfUseWhenStale(
      Fetch fetch, ResponseDirectives directives, CachePolicy policy) {
    MultiMap response = fetch.response();
    if (fetch.status() == 200
        && (response.contains("etag") || response.contains("last-modified"))) {
      return true;
    }
    boolean forbidden =
        directives.noCache()
            || directives.mustRevalidate()
            || directives.sMaxage() != Directives.ABSENT && policy.ttl().isEmpty();
    return !forbidden
        && (directives.staleWhileRevalidate() > 0
            || directives.staleIfError() > 0
            || policy.staleWhileRevalidate().isPresent()
            || policy.staleIfError().isPresent());
  }

  /** -1 when nothing, or nothing readable, was announced. */
  private static long contentLength(Fetch fetch) {
    String announced = fetch.response().get("content-length");
    if (announced == null || fetch.response().contains("transfer-encoding")) {
      return -1;
    }
    try {
      return Math.max(-1, Long.parseLong(announced.trim()));
    } catch (NumberFormatException unreadable) {
      return -1;
    }
  }
}
