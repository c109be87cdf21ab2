package io.tidegate.metrics.api;

/**
 * Spans of requests and attempts. When tracing is off, contexts are still made and passed on, so
 * that logs and upstreams can be correlated; nothing is recorded and nothing else is paid.
 */
public interface Tracing {
  /** What to do with the trace that a client claims to be in. */
  enum Trust {
    /** Be part of it. */
    CONTINUE,
    /** Ignore it. */
    RESTART,
    /** Start a new trace that points at it. */
    LINK
  }

  /** Whether spans are recorded and sent. */
  boolean enabled();

  /**
   * A request has arrived. To be called on the request's own Vert.x context, which is tied to the
   * span: log lines, bus messages and the like that follow from it carry its ids.
   *
   * @param parent as received; {@link TraceContext#NONE} when there is none
   */
  ServerSpan server(TraceContext parent, Trust trust, String method);
}
