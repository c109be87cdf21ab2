package io.tidegate.gateway.resilience;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How long an upstream takes at present: the median and the 95th percentile of the last {@value
 * #WINDOW_SECONDS} s, for hedging and for refusing what cannot be answered in time. All threads.
 *
 * <p>Durations fall into buckets that grow with the duration, 16 to each doubling (as in
 * HdrHistogram), so that what is said is at most 1/16 too long, and never too short. It is worked
 * out anew at most every {@value #FRESH_MILLIS} ms.
 */
public final class LatencyWindow {
  /** Said as long as there are too few calls to say anything. */
  public static final long UNKNOWN = -1;

  static final int WINDOW_SECONDS = 30;
  static final int FRESH_MILLIS = 250;
  static final int MIN_CALLS = 20;
  private static final int SLICES = 6;

  /** Durations are counted in units of 4.096 µs. */
  private static final int UNIT_BITS = 12;

  private static final int SUB_BITS = 4;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;

  /** Two minutes and more share the last bucket. */
  private static final int BUCKETS = 368;

  private record Said(long median, long p95) {}

  private final SliceRing<Histogram> ring;
  private final LongSupplier nanos;
  private final long origin;
  private final AtomicLong staleFrom = new AtomicLong();
  private volatile Said said = new Said(UNKNOWN, UNKNOWN);

  /**
   * @param nanos a monotonic clock, {@code System::nanoTime}
   */
  public LatencyWindow(LongSupplier nanos) {
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
    long window = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
    this.ring = new SliceRing<>(nanos, window, SLICES, Histogram::new);
  }

  /** A call took {@code durationNanos} to its response's head. */
  public void record(long durationNanos) {
    ring.now().counts.incrementAndGet(bucket(durationNanos));
  }

  /** Nanoseconds, or {@link #UNKNOWN}. */
  public long medianNanos() {
    refresh();
    return said.median;
  }

  /** Nanoseconds, or {@link #UNKNOWN}. */
  public long p95Nanos() {
    refresh();
    return said.p95;
  }

  private void refresh() {
    long now = nanos.getAsLong() - origin;
    long stale = staleFrom.get();
    long next = now + TimeUnit.MILLISECONDS.toNanos(FRESH_MILLIS);
    if (now >= stale && staleFrom.compareAndSet(stale, next)) {
      said = look();
    }
  }

  private Said look() {
    long[] counts = new long[BUCKETS];
    long calls = 0;
    long now = ring.number();
    for (int age = 0; age < SLICES; age++) {
      Histogram slice = ring.past(now, age);
      for (int i = 0; slice != null && i < BUCKETS; i++) {
        counts[i] += slice.counts.get(i);
        calls += slice.counts.get(i);
      }
    }
    if (calls < MIN_CALLS) {
      return new Said(UNKNOWN, UNKNOWN);
    }
    return new Said(percentile(counts, calls, 0.5), percentile(counts, calls, 0.95));
  }

  private static long percentile(long[] counts, long calls, double share) {
    long rank = (long) Math.ceil(share * calls);
    int bucket = 0;
    for (long seen = counts[0]; seen < rank && bucket < BUCKETS - 1; seen += counts[bucket]) {
      bucket++;
    }
    return longest(bucket);
  }

  static int bucket(long durationNanos) {
    long units = Math.max(0, durationNanos) >>> UNIT_BITS;
    if (units < SUB_BUCKETS) {
      return (int) units;
    }
    int doublings = Long.SIZE - 1 - Long.numberOfLeadingZeros(units) - SUB_BITS;
    int sub = (int) (units >>> doublings) & (SUB_BUCKETS - 1);
    return Math.min(BUCKETS - 1, (doublings + 1) * SUB_BUCKETS + sub);
  }

  /** The longest duration that falls into the bucket, in nanoseconds. */
  static long longest(int bucket) {
    int doublings = Math.max(0, bucket / SUB_BUCKETS - 1);
    long sub = bucket < SUB_BUCKETS ? bucket : SUB_BUCKETS + bucket % SUB_BUCKETS;
    return ((sub + 1) << (doublings + UNIT_BITS)) - 1;
  }

  private static final class Histogram extends SliceRing.Slice {
    final AtomicIntegerArray counts = new AtomicIntegerArray(BUCKETS);

    Histogram(long number) {
      super(number);
    }
  }
}
