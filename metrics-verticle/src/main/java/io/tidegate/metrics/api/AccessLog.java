package io.tidegate.metrics.api;

/**
 * One line per request, on standard output within about 100 ms.
 *
 * <p>Never blocks: when nobody reads standard output, lines are dropped and counted in {@code
 * tidegate_log_dropped_total{log="access"}}.
 */
public interface AccessLog {
  /**
   * The calling thread's own lane. Ask once per event loop and keep it; asking again on the same
   * thread gives the same lane.
   */
  Lane lane();

  /** Writes the lines of one event loop. Used by one thread only: that which asked for it. */
  interface Lane {
    /** Costs about a microsecond and allocates nothing. */
    void log(RequestFacts facts);
  }

  /** A log that writes nothing. */
  static AccessLog none() {
    return () -> facts -> {};
  }
}
