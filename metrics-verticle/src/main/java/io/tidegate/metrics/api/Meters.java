package io.tidegate.metrics.api;

import java.util.function.DoubleSupplier;

/**
 * Meters that other rooms name themselves. Get a handle once and keep it: looking one up is not for
 * the path of a request.
 *
 * <p>Names are those of Prometheus, without {@code _total}. Each name holds a bounded number of
 * series; past it, label values become {@code other}.
 */
public interface Meters {
  /**
   * A counter's series.
   *
   * @param labels names and values in turn, always the same names for one meter
   */
  Counter counter(String name, String help, String... labels);

  /**
   * A value that is read whenever somebody looks; a second supplier for a series replaces the
   * first.
   */
  void gauge(String name, String help, DoubleSupplier value, String... labels);

  /** A histogram's series, in seconds, with the configured buckets. */
  Timing timing(String name, String help, String... labels);

  /** Forgets every series that has this label, as when a queue is gone. */
  void forget(String label, String value);

  /** One histogram of durations. */
  interface Timing {
    /**
     * @param trace shown as exemplar when it is sampled; {@link TraceContext#NONE} otherwise
     */
    void record(long nanos, TraceContext trace);
  }
}
