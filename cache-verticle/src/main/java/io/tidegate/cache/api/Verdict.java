package io.tidegate.cache.api;

/**
 * What the cache says to a request. {@link ResponseCache#lookup} never gives {@link Follow} or
 * {@link Failed}; {@link ResponseCache#ask} never gives {@link Ask}.
 */
public sealed interface Verdict {
  /** On what ground a stored response is used. */
  enum Use {
    /** It is fresh. */
    FRESH,
    /** It is stale, and the request said that it takes that (RFC 9111 §5.2.1.2). */
    STALE_ACCEPTED,
    /** It is stale, and is being refreshed meanwhile (RFC 5861 §3). */
    STALE_WHILE_REVALIDATE,
    /** It is stale, and the origin does not do better (RFC 5861 §4). */
    STALE_IF_ERROR,
    /** The origin has just said that it is still good. */
    REVALIDATED
  }

  /** Where a stored response was found. */
  enum Tier {
    MEMORY,
    REDIS
  }

  /** The cache has no part in this exchange: neither answers nor stores, and need not be told. */
  record Bypass(Forward why, String detail) implements Verdict {}

  /**
   * Answer with this.
   *
   * @param ageSeconds for the Age field, at least 0
   * @param ttlSeconds freshness left; negative: stale by so much
   * @param refresh whether this caller, and nobody else for some seconds, is to call {@link
   *     ResponseCache#refresh} once it has answered
   */
  record Serve(
      StoredResponse stored,
      Rendition rendition,
      Use use,
      Tier tier,
      long ageSeconds,
      long ttlSeconds,
      boolean refresh)
      implements Verdict {}

  /** Only the verticle can tell: call {@link ResponseCache#ask}. */
  record Ask(Forward why) implements Verdict {}

  /**
   * Nothing stored will do, and the request forbids to call the origin: 504 (RFC 9111 §5.2.1.7).
   */
  record Unsatisfiable() implements Verdict {}

  /**
   * Call the origin; others wait for the outcome. The call must outlive its client as long as
   * {@link Lease#isAwaited}.
   */
  record Lead(Lease lease, Forward why) implements Verdict {}

  /** Somebody else's call has begun to be answered: stream from it. */
  record Follow(Flight flight, Rendition rendition, Forward why) implements Verdict {}

  /** Call the origin, beside others who may do so too; nobody waits. What comes may be stored. */
  record Pass(Lease lease, Forward why, String detail) implements Verdict {}

  /**
   * The call that this request waited for failed, so that one of its own would hardly do better.
   * Given once to those who waited; who comes later calls again.
   */
  record Failed(FetchFailure failure, Forward why) implements Verdict {}
}
