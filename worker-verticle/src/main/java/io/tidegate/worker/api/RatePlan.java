package io.tidegate.worker.api;

import java.time.Duration;

/**
 * So many starts in so much time, per node: a token bucket that holds one period's worth.
 *
 * @param count at least 1
 * @param per at least 1 ms
 */
public record RatePlan(int count, Duration per) {
  public RatePlan {
    if (count < 1) {
      throw new IllegalArgumentException("rate: " + count + " (expected: at least 1)");
    }
    if (per.toMillis() < 1) {
      throw new IllegalArgumentException("rate: per " + per + " (expected: at least 1ms)");
    }
  }
}
