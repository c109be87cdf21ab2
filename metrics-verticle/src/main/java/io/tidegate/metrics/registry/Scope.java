package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * The series of one route or upstream: remembers what it made, to take it away again. Held by
 * several at once (each event loop, the config before and after a reload); the last one out clears.
 */
final class Scope {
  private static final int REASONS = 64;

  private record Made(Family<?> family, Labels labels) {}

  private final String label;
  private final String value;
  private final Queue<Made> made = new ConcurrentLinkedQueue<>();

  /** Guarded by the map that the scope's owner is in. */
  private int holders;

  Scope(String label, String value) {
    this.label = label;
    this.value = value;
  }

  <C> C cell(Family<C> family, String... more) {
    Labels labels = labels(more);
    C cell = family.cell(labels);
    made.add(new Made(family, labels));
    return cell;
  }

  <C> void put(Family<C> family, C cell, String... more) {
    Labels labels = labels(more);
    family.put(labels, cell);
    made.add(new Made(family, labels));
  }

  <C> void remove(Family<C> family, String... more) {
    Labels labels = labels(more);
    family.remove(labels);
    made.remove(new Made(family, labels));
  }

  private Labels labels(String... more) {
    return Labels.of(label, value).merge(Labels.of(more));
  }

  void hold() {
    holders++;
  }

  /** Whether that was the last holder; then all series are gone. */
  boolean release() {
    if (--holders > 0) {
      return false;
    }
    made.forEach(one -> one.family.remove(one.labels));
    made.clear();
    return true;
  }

  String value() {
    return value;
  }

  /** Counters by a label whose values are a fixed set that this room does not know. */
  Reasons reasons(Family<LongAdder> family, String by) {
    return new Reasons(family, by);
  }

  /** See {@link #reasons}. */
  final class Reasons {
    private final Family<LongAdder> family;
    private final String by;
    private final Map<String, LongAdder> known = new ConcurrentHashMap<>();

    private Reasons(Family<LongAdder> family, String by) {
      this.family = family;
      this.by = by;
    }

    void count(String reason) {
      LongAdder adder = known.get(reason);
      if (adder == null) {
        // Should somebody pass text from outside after all, it ends here and not in the registry.
        String bounded = known.size() < REASONS ? reason : Family.OTHER;
        adder = known.computeIfAbsent(bounded, any -> cell(family, by, bounded));
      }
      adder.increment();
    }
  }
}
