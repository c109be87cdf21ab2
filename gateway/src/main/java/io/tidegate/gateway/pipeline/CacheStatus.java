package io.tidegate.gateway.pipeline;

import io.tidegate.cache.api.Forward;
import io.tidegate.cache.api.Verdict;
import java.util.Locale;

/** What the cache did, in the words of Cache-Status (RFC 9211) and of the meters. */
final class CacheStatus {
  private static final String SELF = "tidegate";
  private static final String HIT = SELF + "; hit; ttl=";

  /** The tier nearer to the origin stands first. */
  private static final String REDIS_HIT = SELF + "-redis; hit; ttl=";

  private static final String[] USES = labels(Verdict.Use.values());
  private static final String[] TIERS = labels(Verdict.Tier.values());

  private CacheStatus() {}

  private static String[] labels(Enum<?>[] constants) {
    String[] labels = new String[constants.length];
    for (Enum<?> each : constants) {
      labels[each.ordinal()] = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    return labels;
  }

  /** On what ground a stored response was used, as meters name it. */
  static String label(Verdict.Use use) {
    return USES[use.ordinal()];
  }

  /** Where it was found, as meters name it. */
  static String label(Verdict.Tier tier) {
    return TIERS[tier.ordinal()];
  }

  /** Nobody was called. */
  static String hit(Verdict.Serve serve) {
    if (serve.tier() == Verdict.Tier.REDIS) {
      return REDIS_HIT + serve.ttlSeconds() + ", " + SELF + "; fwd=uri-miss; stored";
    }
    return serve.use() == Verdict.Use.FRESH
        ? HIT + serve.ttlSeconds()
        : HIT + serve.ttlSeconds() + "; detail=" + label(serve.use());
  }

  /** The origin was called, and a stored response is the answer all the same. */
  static String validated(Forward why, int upstreamStatus, Verdict.Serve serve) {
    return forwarded(why)
        + (upstreamStatus == 0 ? "" : "; fwd-status=" + upstreamStatus)
        + "; ttl="
        + serve.ttlSeconds()
        + "; detail="
        + label(serve.use());
  }

  /** What comes is being stored. */
  static String stored(Forward why, long ttlSeconds) {
    return forwarded(why) + "; stored; ttl=" + ttlSeconds;
  }

  /** Another one's call answers. */
  static String collapsed(Forward why) {
    return forwarded(why) + "; collapsed";
  }

  /**
   * The origin's answer is handed on.
   *
   * @param detail why it is not kept; null: nothing to say
   */
  static String forwarded(Forward why, String detail) {
    return detail == null || detail.isEmpty()
        ? forwarded(why)
        : forwarded(why) + "; detail=\"" + detail + '"';
  }

  private static String forwarded(Forward why) {
    return SELF + "; fwd=" + why.token();
  }
}
