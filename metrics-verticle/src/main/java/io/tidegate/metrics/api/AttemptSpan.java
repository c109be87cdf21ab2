package io.tidegate.metrics.api;

/** The span of one call to an upstream. Used on the request's event loop. */
public interface AttemptSpan extends Span {
  /** Where the call goes, once it is chosen. */
  void endpoint(String scheme, String host, int port, String target);

  /**
   * The attempt is over: its head has come, or it failed. Only the first call counts.
   *
   * @param status of the response; 0 when there was none
   * @param failure name of the failure; null when there was none
   */
  void end(int status, String failure);
}
