package io.tidegate.cache.freshness;

import java.util.Locale;

/** Whether a response may be stored (RFC 9111 §3). */
public sealed interface Storability permits Storable, Storability.Unstorable {
  /** Why a response is not stored. */
  enum Unstorable implements Storability {
    /** Only answers to GET are stored. */
    METHOD,
    /** An interim, partial or not-modified response, or one that is about this request alone. */
    STATUS,
    /** The route stores other statuses only. */
    STATUS_NOT_LISTED,
    /** {@code must-understand}, and the status is not known here (§5.2.2.3). */
    STATUS_NOT_UNDERSTOOD,
    /** {@code no-store} in the response (§5.2.2.5). */
    NO_STORE,
    /** {@code no-store} in the request (§5.2.1.5). */
    REQUEST_NO_STORE,
    /** {@code private} in the response (§5.2.2.7). */
    PRIVATE,
    /** The request was authorised, and the origin does not say that others may see this (§3.5). */
    AUTHORIZATION,
    /** It sets a cookie, and the origin does not call it {@code public}. */
    SET_COOKIE,
    /** {@code Vary: *}, or more of Vary than is reasonable (§4.1). */
    VARY,
    /** Neither a lifetime nor a status that is stored without. */
    NO_LIFETIME,
    /** Stale at once, and neither validators nor a permission would make use of it. */
    USELESS,
    /** Its Content-Length says more than the route stores. */
    TOO_LARGE;

    /** As in logs, metrics and the detail of Cache-Status: small letters and hyphens. */
    public String token() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
