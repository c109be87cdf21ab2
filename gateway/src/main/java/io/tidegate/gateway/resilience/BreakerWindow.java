package io.tidegate.gateway.resilience;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What became of the calls since the breaker closed, and whether that is bad enough to open it.
 *
 * <p>It is judged whenever a call failed or was slow: no other call can make it worse. A result
 * given here is the reason to open, or null: most results are no reason, and this is the hot path.
 */
final class BreakerWindow {
  private static final int SLICES = 10;

  private final BreakerOptions options;
  private final SliceRing<Counts> ring;
  private final AtomicInteger consecutive = new AtomicInteger();
  private final int maxConsecutive;
  private final double failureRate;
  private final long slowNanos;

  BreakerWindow(BreakerOptions options, LongSupplier nanos) {
    this.options = options;
    this.ring = new SliceRing<>(nanos, options.window().toNanos(), SLICES, Counts::new);
    this.maxConsecutive = options.failures().orElse(Integer.MAX_VALUE);
    this.failureRate = options.failureRate().orElse(Double.POSITIVE_INFINITY);
    this.slowNanos = slowNanos(options);
  }

  static long slowNanos(BreakerOptions options) {
    return options.slowCall().map(TimeUnit.NANOSECONDS::convert).orElse(Long.MAX_VALUE);
  }

  Breaker.Reason succeeded(long durationNanos, int minCalls) {
    Counts counts = ring.now();
    counts.calls.increment();
    if (consecutive.get() != 0) {
      consecutive.set(0);
    }
    if (durationNanos < slowNanos) {
      return null;
    }
    counts.slow.increment();
    return judge(minCalls);
  }

  Breaker.Reason failed(long durationNanos, int minCalls) {
    Counts counts = ring.now();
    counts.calls.increment();
    counts.failures.increment();
    if (durationNanos >= slowNanos) {
      counts.slow.increment();
    }
    if (consecutive.incrementAndGet() >= maxConsecutive) {
      return Breaker.Reason.CONSECUTIVE_FAILURES;
    }
    return judge(minCalls);
  }

  private Breaker.Reason judge(int minCalls) {
    long calls = 0;
    long failures = 0;
    long slow = 0;
    long now = ring.number();
    for (int age = 0; age < SLICES; age++) {
      Counts counts = ring.past(now, age);
      if (counts != null) {
        calls += counts.calls.sum();
        failures += counts.failures.sum();
        slow += counts.slow.sum();
      }
    }
    if (calls < minCalls) {
      return null;
    }
    if (failures >= failureRate * calls) {
      return Breaker.Reason.FAILURE_RATE;
    }
    return slow > 0 && slow >= options.slowRate() * calls ? Breaker.Reason.SLOW_RATE : null;
  }

  private static final class Counts extends SliceRing.Slice {
    final LongAdder calls = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder slow = new LongAdder();

    Counts(long number) {
      super(number);
    }
  }
}
