package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.tidegate.metrics.api.Meters;
import io.tidegate.metrics.api.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/** One histogram of durations: an adder per cell, and for each bucket a recent trace. */
final class Timings implements Meters.Timing {
  /** A new example is not worth its allocation more often than this. */
  private static final long EXAMPLE_NANOS = 100_000_000L;

  private final Bounds bounds;
  private final AtomicReferenceArray<LongAdder> cells;
  private final LongAdder sum = new LongAdder();

  /** Null when exemplars are off. */
  private final AtomicReferenceArray<Example> examples;

  private record Example(long takenNanos, Exemplar exemplar) {}

  Timings(Bounds bounds, boolean exemplars) {
    this.bounds = bounds;
    this.cells = new AtomicReferenceArray<>(bounds.cellCount());
    this.examples = exemplars ? new AtomicReferenceArray<>(bounds.buckets().length) : null;
  }

  @Override
  public void record(long nanos, TraceContext trace) {
    int cell = bounds.cellOf(nanos);
    adder(cell).increment();
    sum.add(nanos);
    if (examples != null && trace != null && trace.sampled()) {
      example(bounds.bucketOf(cell), nanos, trace);
    }
  }

  private LongAdder adder(int cell) {
    LongAdder known = cells.get(cell);
    if (known != null) {
      return known;
    }
    cells.compareAndSet(cell, null, new LongAdder());
    return cells.get(cell);
  }

  private void example(int bucket, long nanos, TraceContext trace) {
    long now = System.nanoTime();
    Example last = examples.get(bucket);
    if (last == null || now - last.takenNanos >= EXAMPLE_NANOS) {
      examples.set(
          bucket,
          new Example(
              now,
              Exemplar.builder()
                  .value(nanos / 1e9)
                  .traceId(trace.traceId())
                  .spanId(trace.spanId())
                  .timestampMillis(System.currentTimeMillis())
                  .build()));
    }
  }

  Bounds bounds() {
    return bounds;
  }

  /** Counts per cell until now. */
  long[] counts() {
    long[] counts = new long[cells.length()];
    for (int i = 0; i < counts.length; i++) {
      LongAdder cell = cells.get(i);
      counts[i] = cell == null ? 0 : cell.sum();
    }
    return counts;
  }

  HistogramDataPointSnapshot point(Labels labels) {
    double[] upper = bounds.buckets();
    long[] buckets = new long[upper.length];
    long[] counts = counts();
    for (int cell = 0; cell < counts.length; cell++) {
      buckets[bounds.bucketOf(cell)] += counts[cell];
    }
    return new HistogramDataPointSnapshot(
        ClassicHistogramBuckets.of(upper, buckets), sum.sum() / 1e9, labels, exemplars(), 0);
  }

  private Exemplars exemplars() {
    if (examples == null) {
      return Exemplars.EMPTY;
    }
    List<Exemplar> found = new ArrayList<>();
    for (int i = 0; i < examples.length(); i++) {
      Example example = examples.get(i);
      if (example != null) {
        found.add(example.exemplar);
      }
    }
    return Exemplars.of(found);
  }
}
