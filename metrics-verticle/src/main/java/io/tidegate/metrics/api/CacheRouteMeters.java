package io.tidegate.metrics.api;

/** What is counted of the cache on one route. From any thread, without waiting. */
public interface CacheRouteMeters {
  /**
   * A request was answered with a stored response.
   *
   * @param tier {@code memory} or {@code redis}
   * @param use {@code fresh}, {@code stale-accepted}, {@code stale-while-revalidate}, {@code
   *     stale-if-error} or {@code revalidated}
   */
  void hit(String tier, String use);

  /**
   * A request was not answered from the store.
   *
   * @param reason as Cache-Status names it in {@code fwd}
   */
  void miss(String reason);

  /** A request was answered by another one's call. */
  void coalesced();

  /**
   * An answer was fetched whole for the store.
   *
   * @param nanos from the call's start to its last byte
   */
  void loaded(long nanos);

  /** The route is gone: its series go with it, unless another holder of the same id is left. */
  void release();
}
