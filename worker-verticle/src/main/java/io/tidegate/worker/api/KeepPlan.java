package io.tidegate.worker.api;

import java.time.Duration;

/**
 * How long jobs that are over are kept. The bounds of number and bytes forget the oldest first, and
 * never a dead one.
 *
 * @param results for succeeded, failed, canceled and expired jobs
 * @param dead for dead ones, which an operator should have looked at by then
 * @param count at most so many that are over, besides the dead
 * @param bytes at most so much that they take
 */
public record KeepPlan(Duration results, Duration dead, int count, long bytes) {
  public static final KeepPlan DEFAULTS =
      new KeepPlan(Duration.ofHours(24), Duration.ofDays(14), 1_000_000, 1L << 30);

  public KeepPlan {
    if (results.toSeconds() < 1) {
      throw new IllegalArgumentException("result-ttl: " + results + " (expected: at least 1s)");
    }
    if (dead.toSeconds() < 1) {
      throw new IllegalArgumentException("dead-ttl: " + dead + " (expected: at least 1s)");
    }
    if (count < 0) {
      throw new IllegalArgumentException("keep: " + count + " (expected: at least 0)");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("keep-bytes: " + bytes + " (expected: at least 0)");
    }
  }
}
