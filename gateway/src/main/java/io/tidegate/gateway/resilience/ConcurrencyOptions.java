package io.tidegate.gateway.resilience;

import java.time.Duration;
import java.util.Optional;

/**
 * How many calls may be in flight to an upstream (a bulkhead), and how many may wait for a place.
 *
 * @param limit calls in flight; with {@code adaptive}, the limit to start from
 * @param queue calls that may wait
 * @param maxWait how long a call may wait
 */
public record ConcurrencyOptions(
    int limit, int queue, Duration maxWait, Optional<Adaptive> adaptive) {
  /** A limit that follows latency (gradient2 of Netflix concurrency-limits). */
  public record Adaptive(int min, int max) {}

  public static final ConcurrencyOptions DEFAULTS =
      new ConcurrencyOptions(512, 64, Duration.ofMillis(100), Optional.empty());

  /** Admits everything. */
  public static final ConcurrencyOptions OFF =
      new ConcurrencyOptions(Integer.MAX_VALUE, 0, Duration.ZERO, Optional.empty());

  /** Whether everything is admitted, so that it need not be there at all. */
  public boolean isOff() {
    return limit == Integer.MAX_VALUE;
  }
}
