package io.tidegate.worker.api;

/**
 * How patiently a job is tried again.
 *
 * @param attempts runs in all that may fail before it is dead, 1 to 100
 */
public record RetryPlan(int attempts, BackoffPlan backoff) {
  /** Survives an upstream that is away for about half an hour. */
  public static final RetryPlan DEFAULTS = new RetryPlan(12, BackoffPlan.DEFAULTS);

  public RetryPlan {
    if (attempts < 1 || attempts > JobTerms.MAX_ATTEMPTS) {
      throw new IllegalArgumentException("retry.attempts: " + attempts + " (expected: 1 to 100)");
    }
  }
}
