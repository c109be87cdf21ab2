package io.tidegate.worker.api;

import java.time.Duration;

/**
 * Several jobs of one route in one call of the handler; each keeps an outcome of its own.
 *
 * @param size at most so many, 1 to 1000
 * @param await how long the first one waits for others, up to 1 min
 */
public record BatchPlan(int size, Duration await) {
  /** Each job for itself. */
  public static final BatchPlan NONE = new BatchPlan(1, Duration.ZERO);

  public BatchPlan {
    if (size < 1 || size > JobBatch.MAX_SIZE) {
      throw new IllegalArgumentException("batch.size: " + size + " (expected: 1 to 1000)");
    }
    if (await.isNegative() || await.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("batch.wait: " + await + " (expected: 0s to 1m)");
    }
  }
}
