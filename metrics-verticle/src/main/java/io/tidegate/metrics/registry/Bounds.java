package io.tidegate.metrics.registry;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Upper bounds of histogram cells: those that the user asked for, and finer ones between them, from
 * which percentiles can be told within a quarter. Cells add up exactly to the user's buckets.
 */
final class Bounds {
  private static final double FINEST_NANOS = 100_000;
  private static final double COARSEST_NANOS = 60e9;
  private static final double GROWTH = Math.cbrt(2);

  /** Ascending, in nanoseconds; the last cell has none. */
  private final long[] cells;

  /** Per cell, the bucket that it belongs to. */
  private final int[] bucketOf;

  /** The user's bounds in seconds, with infinity at the end. */
  private final double[] buckets;

  Bounds(List<Duration> asked) {
    long[] wanted = asked.stream().mapToLong(Duration::toNanos).sorted().distinct().toArray();
    cells = LongStream.concat(Arrays.stream(wanted), fine()).sorted().distinct().toArray();
    bucketOf = new int[cells.length + 1];
    for (int cell = 0; cell < cells.length; cell++) {
      int found = Arrays.binarySearch(wanted, cells[cell]);
      bucketOf[cell] = found >= 0 ? found : -found - 1;
    }
    bucketOf[cells.length] = wanted.length;
    buckets =
        Arrays.copyOf(Arrays.stream(wanted).mapToDouble(n -> n / 1e9).toArray(), wanted.length + 1);
    buckets[wanted.length] = Double.POSITIVE_INFINITY;
  }

  private static LongStream fine() {
    int steps = (int) Math.ceil(Math.log(COARSEST_NANOS / FINEST_NANOS) / Math.log(GROWTH));
    return LongStream.rangeClosed(0, steps)
        .map(i -> Math.round(FINEST_NANOS * Math.pow(GROWTH, i)));
  }

  int cellCount() {
    return cells.length + 1;
  }

  /** The cell of a duration: the first whose bound is not below it. */
  int cellOf(long nanos) {
    int low = 0;
    int high = cells.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cells[middle] < nanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int bucketOf(int cell) {
    return bucketOf[cell];
  }

  double[] buckets() {
    return buckets;
  }

  /**
   * The duration that a share of the counted ones do not exceed, in nanoseconds.
   *
   * @param counts per cell
   * @return 0 when nothing was counted
   */
  long percentile(long[] counts, double share) {
    long total = Arrays.stream(counts).sum();
    double rank = share * total;
    long below = 0;
    for (int cell = 0; cell < counts.length && total > 0; cell++) {
      if (counts[cell] > 0 && below + counts[cell] >= rank) {
        long from = cell == 0 ? 0 : cells[cell - 1];
        long to = cell == cells.length ? from : cells[cell];
        return from + (long) ((to - from) * (rank - below) / counts[cell]);
      }
      below += counts[cell];
    }
    return 0;
  }
}
