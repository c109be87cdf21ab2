package io.tidegate.metrics.api;

import java.util.Locale;

/** What is counted of one upstream, all event loops together. From any thread. */
public interface UpstreamMeters {
  /** States of a breaker, with their values in {@code tidegate_breaker_state}. */
  enum BreakerState {
    CLOSED,
    HALF_OPEN,
    OPEN,
    ISOLATED;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
      return label;
    }
  }

  /**
   * One attempt ended.
   *
   * @param outcome {@code ok} or the name of the failure
   * @param nanos until the response head, or the failure
   */
  void attempt(String outcome, long nanos, TraceContext trace);

  /** The breaker changed to a state; also to be called once at the start. */
  void breaker(BreakerState state);

  /** Connections in use changed by so many. Each event loop reports its own pool's changes. */
  void poolInUse(int change);

  /** Requests waiting for a connection changed by so many. */
  void poolWaiting(int change);

  /** Connections allowed changed by so many: positive when a pool is made, negative when closed. */
  void poolLimit(int change);

  /** What is in use at present, read whenever somebody looks; the last one given is asked. */
  void levels(Levels levels);

  /** What of an upstream's limits is in use. From any thread. */
  interface Levels {
    /** Calls that the concurrency limit counts. */
    int inFlight();

    /** Calls that wait for others to end. */
    int waiting();

    /** Calls allowed at once; {@link Integer#MAX_VALUE}: any number. */
    int limit();

    /** Retries, hedges and the like under way, back-off included. */
    int extraAttempts();

    /** Open connections, idle ones included. */
    int connections();
  }

  /** An endpoint is usable, or not; also to be called once at the start. */
  void endpoint(String endpoint, boolean healthy);

  /** An endpoint is no longer one of the upstream. */
  void endpointGone(String endpoint);

  /** The upstream is gone: its series go with it, unless another holder of the name is left. */
  void release();
}
