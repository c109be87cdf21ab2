package io.tidegate.metrics.api;

/** What is counted of one route. Get it once per compiled route; turn it from any event loop. */
public interface RouteMeters {
  /** A request was matched: it is in flight until {@link #end}. */
  void begin();

  /** A request is over. Exactly once per {@link #begin}. */
  void end(RequestFacts facts);

  /**
   * A failed attempt is tried again.
   *
   * @param reason name of the failure
   */
  void retried(String reason);

  /**
   * A failed attempt is not tried again.
   *
   * @param reason as {@code budget}, {@code method}, {@code sent}, {@code deadline}, {@code body}
   */
  void retrySkipped(String reason);

  /** A second call was sent beside a slow one. */
  void hedged();

  /**
   * A fallback answered.
   *
   * @param kind {@code stale}, {@code upstream}, {@code queue} or {@code static}
   */
  void fellBack(String kind);

  /**
   * A fault was injected.
   *
   * @param kind {@code delay}, {@code abort} or {@code reset}
   */
  void faultInjected(String kind);

  /** Whether faults are injected on this route now. */
  void faultActive(boolean active);

  /** The route is gone: its series go with it, unless another holder of the same id is left. */
  void release();
}
