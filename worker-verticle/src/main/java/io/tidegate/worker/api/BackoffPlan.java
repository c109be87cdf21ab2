package io.tidegate.worker.api;

import java.time.Duration;

/**
 * How long to wait before the next run of a job: the bound doubles from {@code base} with each
 * attempt and stops growing at {@code max}.
 *
 * @param base at least 1 ms
 * @param max at least {@code base}, at most a day
 */
public record BackoffPlan(Duration base, Duration max, Jitter jitter) {
  /** How chance is mixed into a wait. */
  public enum Jitter {
    /** Anything from nothing to the bound. */
    FULL,
    /** Half the bound and up to half of it more. */
    EQUAL,
    /** The bound itself. */
    NONE
  }

  private static final Duration DAY = Duration.ofDays(1);

  public static final BackoffPlan DEFAULTS =
      new BackoffPlan(Duration.ofSeconds(2), Duration.ofMinutes(10), Jitter.EQUAL);

  public BackoffPlan {
    if (base.toMillis() < 1) {
      throw new IllegalArgumentException("backoff.base: " + base + " (expected: at least 1ms)");
    }
    if (max.compareTo(base) < 0 || max.compareTo(DAY) > 0) {
      throw new IllegalArgumentException(
          "backoff.max: " + max + " (expected: from base, " + base + ", to 24h)");
    }
  }

  /**
   * The wait before the next run.
   *
   * @param failed attempts that failed so far, from 1
   * @param chance from 0 to below 1
   */
  public Duration after(int failed, double chance) {
    // Beyond thirty doublings of a millisecond any allowed maximum is reached.
    double bound =
        Math.min(max.toMillis(), base.toMillis() * Math.pow(2, Math.min(failed - 1, 30)));
    double share =
        switch (jitter) {
          case FULL -> chance;
          case EQUAL -> 0.5 + chance / 2;
          case NONE -> 1;
        };
    return Duration.ofMillis(Math.max(1, Math.round(bound * share)));
  }
}
