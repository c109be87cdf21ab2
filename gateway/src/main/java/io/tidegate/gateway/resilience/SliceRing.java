package io.tidegate.gateway.resilience;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * The recent past, cut into slices of equal length that are replaced when they have grown old: a
 * sliding window for counters that several threads write without locks.
 *
 * <p>Replacing a slice instead of clearing it means that no count can be lost or fall into the
 * wrong time. With n slices the window spans between (n-1)/n and all of its nominal length.
 */
final class SliceRing<S extends SliceRing.Slice> {
  /** What is counted in one slice of time. */
  abstract static class Slice {
    final long number;

    Slice(long number) {
      this.number = number;
    }
  }

  private final AtomicReferenceArray<S> ring;
  private final LongFunction<S> fresh;
  private final LongSupplier nanos;
  private final long origin;
  private final long sliceNanos;
  private volatile S latest;

  /**
   * @param fresh makes an empty slice, given its number
   */
  SliceRing(LongSupplier nanos, long windowNanos, int slices, LongFunction<S> fresh) {
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
    this.sliceNanos = Math.max(1, windowNanos / slices);
    this.ring = new AtomicReferenceArray<>(slices);
    this.fresh = fresh;
  }

  /** The slice that time is in now. Nearly always the same as before, and then without dividing. */
  S now() {
    long time = nanos.getAsLong() - origin;
    S slice = latest;
    if (slice != null) {
      long since = time - slice.number * sliceNanos;
      if (since >= 0 && since < sliceNanos) {
        return slice;
      }
    }
    slice = at(time / sliceNanos);
    latest = slice;
    return slice;
  }

  /** The number of the slice that time is in now. */
  long number() {
    return (nanos.getAsLong() - origin) / sliceNanos;
  }

  int length() {
    return ring.length();
  }

  /** The slice to count in. A thread held up since it read the clock may be given a later one. */
  S at(long number) {
    int index = (int) (number % ring.length());
    S slice = ring.get(index);
    while (slice == null || slice.number < number) {
      ring.compareAndSet(index, slice, fresh.apply(number));
      slice = ring.get(index);
    }
    return slice;
  }

  /** The slice {@code age} slices ago, or null if nothing was counted then: read on hot paths. */
  S past(long number, int age) {
    long wanted = number - age;
    if (wanted < 0) {
      return null;
    }
    S slice = ring.get((int) (wanted % ring.length()));
    return slice != null && slice.number == wanted ? slice : null;
  }
}
