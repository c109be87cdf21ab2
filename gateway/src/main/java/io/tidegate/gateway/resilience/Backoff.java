package io.tidegate.gateway.resilience;

import java.util.function.DoubleSupplier;

/**
 * How long to wait before a further attempt.
 *
 * <p>Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. Any thread.
 */
public final class Backoff {
  private final long base;
  private final long max;
  private final BackoffOptions.Jitter jitter;
  private final DoubleSupplier random;

  /**
   * @param random uniform in [0, 1)
   */
  public Backoff(BackoffOptions options, DoubleSupplier random) {
    this.base = Math.max(0, options.base().toMillis());
    this.max = Math.max(base, options.max().toMillis());
    this.jitter = options.jitter();
    this.random = random;
  }

  /**
   * @param attempt which further attempt this is, from 0
   * @param previousMillis the last wait, 0 before the first; only {@code decorrelated} looks at it
   * @return milliseconds, 0 to {@code max}
   */
  public long nextMillis(int attempt, long previousMillis) {
    return switch (jitter) {
      case FULL -> between(0, bound(attempt));
      case EQUAL -> between(bound(attempt) / 2, bound(attempt));
      case DECORRELATED -> Math.min(max, between(base, tripled(Math.max(base, previousMillis))));
      case NONE -> bound(attempt);
    };
  }

  /** {@code base} doubled {@code attempt} times; multiplying would overflow, dividing cannot. */
  private long bound(int attempt) {
    int doublings = Math.max(0, attempt);
    boolean below = doublings < Long.SIZE - 1 && base <= max >> doublings;
    return below ? base << doublings : base == 0 ? 0 : max;
  }

  private static long tripled(long millis) {
    return millis > Long.MAX_VALUE / 3 ? Long.MAX_VALUE : millis * 3;
  }

  /** Both ends included. */
  private long between(long low, long high) {
    return low + Math.min(high - low, (long) (random.getAsDouble() * (high - low + 1.0)));
  }
}
