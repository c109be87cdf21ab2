package io.tidegate.gateway.resilience;

import java.time.Duration;

/**
 * How long to wait before a further attempt: the bound doubles from {@code base} with each attempt
 * and stops growing at {@code max}.
 */
public record BackoffOptions(Duration base, Duration max, Jitter jitter) {
  /** How chance is mixed into a wait; names as in AWS's "Exponential Backoff And Jitter". */
  public enum Jitter {
    FULL,
    EQUAL,
    DECORRELATED,
    NONE
  }

  public static final BackoffOptions DEFAULTS =
      new BackoffOptions(Duration.ofMillis(25), Duration.ofMillis(250), Jitter.FULL);
}
