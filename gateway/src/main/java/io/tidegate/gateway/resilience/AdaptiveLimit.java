package io.tidegate.gateway.resilience;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * A limit of calls in flight that follows latency: while calls take about as long as they used to,
 * it grows; once they take longer, they are queueing somewhere, and it shrinks. All threads.
 *
 * <p>Source: Gradient2 of Netflix concurrency-limits, with its constants. Three things differ.
 * Growth is the root of the limit where that is more than 4, as in Envoy's gradient controller,
 * because from a high limit 4 would take minutes. A difference below a millisecond is noise, not a
 * queue, lest a fast upstream be throttled for a pause of the garbage collector. And what is usual
 * rises ten times more slowly than it falls, unless the limit is near its minimum: otherwise a
 * lasting queue becomes usual within minutes and the limit runs off to its maximum.
 */
public final class AdaptiveLimit {
  private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long NOISE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int MIN_SAMPLES = 10;
  private static final double TOLERANCE = 1.5;
  private static final double SMOOTHING = 0.2;
  private static final double LEAST_GRADIENT = 0.5;
  private static final double LEAST_GROWTH = 4;
  private static final int LONG_WINDOW = 600;
  private static final int WARM_UP = 10;
  private static final double RELUCTANCE = 0.1;
  private static final long BUSY = Long.MAX_VALUE;

  private final int min;
  private final int max;
  private final IntConsumer changed;
  private final LongSupplier nanos;
  private final long origin;

  private final LongAdder count = new LongAdder();
  private final LongAdder sum = new LongAdder();
  private final LongAccumulator mostInFlight = new LongAccumulator(Math::max, 0);

  /** Guards what follows: whoever replaces the window's end by {@link #BUSY} may update it. */
  private final AtomicLong windowEnd = new AtomicLong(WINDOW_NANOS);

  private double limit;
  private double longNanos;
  private int windows;

  /**
   * @param initial the limit to start from
   * @param changed hears the new limit, {@link Bulkhead#setLimit}
   * @param nanos a monotonic clock, {@code System::nanoTime}
   */
  public AdaptiveLimit(
      ConcurrencyOptions.Adaptive bounds, int initial, IntConsumer changed, LongSupplier nanos) {
    this.min = Math.max(1, bounds.min());
    this.max = Math.max(min, bounds.max());
    this.changed = changed;
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
    this.limit = Math.max(min, Math.min(max, initial));
    changed.accept((int) limit);
  }

  /**
   * A call ended, well or not; those that ended because their client left say nothing.
   *
   * @param inFlight calls in flight when it ended, itself included
   */
  public void record(long durationNanos, int inFlight) {
    count.increment();
    sum.add(durationNanos);
    mostInFlight.accumulate(inFlight);
    long end = windowEnd.get();
    long now = nanos.getAsLong() - origin;
    if (now >= end && count.sum() >= MIN_SAMPLES && windowEnd.compareAndSet(end, BUSY)) {
      try {
        closeWindow();
      } finally {
        windowEnd.set(now + WINDOW_NANOS);
      }
    }
  }

  /** A call that ends meanwhile may be half in this window and half in the next: no matter. */
  private void closeWindow() {
    long calls = Math.max(1, count.sumThenReset());
    double shortNanos = Math.max(1.0, (double) sum.sumThenReset() / calls);
    long inFlight = mostInFlight.getThenReset();
    remember(shortNanos);
    if (inFlight < limit / 2) {
      return;
    }
    int before = (int) limit;
    double aim = limit * gradient(shortNanos) + Math.max(LEAST_GROWTH, Math.sqrt(limit));
    limit = Math.max(min, Math.min(max, limit * (1 - SMOOTHING) + aim * SMOOTHING));
    if ((int) limit != before) {
      changed.accept((int) limit);
    }
  }

  /** After a long time of trouble the memory of it fades sooner, or the limit would grow wildly. */
  private void remember(double shortNanos) {
    windows = Math.min(LONG_WINDOW, windows + 1);
    longNanos += (shortNanos - longNanos) * weight(shortNanos);
    if (longNanos > 2 * shortNanos) {
      longNanos *= 0.95;
    }
  }

  private double weight(double shortNanos) {
    if (windows <= WARM_UP) {
      return 1.0 / windows;
    }
    boolean perhapsQueueing = shortNanos > longNanos && limit > 2 * min;
    return 2.0 / (LONG_WINDOW + 1) * (perhapsQueueing ? RELUCTANCE : 1);
  }

  private double gradient(double shortNanos) {
    if (shortNanos - longNanos < NOISE_NANOS) {
      return 1;
    }
    return Math.max(LEAST_GRADIENT, Math.min(1, TOLERANCE * longNanos / shortNanos));
  }
}
