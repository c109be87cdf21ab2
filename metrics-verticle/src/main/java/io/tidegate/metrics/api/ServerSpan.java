package io.tidegate.metrics.api;

/** The gateway's span for one request. Used on the request's event loop. */
public interface ServerSpan extends Span {
  /** Whether what is added will be sent: if not, callers can save themselves the work. */
  boolean recording();

  /**
   * Something happened, as {@code retry}, {@code breaker} or {@code fallback}.
   *
   * @param detail short text from a fixed set; null: none
   */
  void event(String name, String detail);

  /**
   * An attempt begins.
   *
   * @param number 1 for the first
   */
  AttemptSpan attempt(String method, String upstream, int number);

  /** The request is over. Names the span after the route and sets status and attributes. */
  void end(RequestFacts facts);
}
