package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * All series of one name. Past its limit, new label values become {@code other}.
 *
 * @param <C> what holds the value of one series
 */
final class Family<C> {
  /** Label value of what did not fit. */
  static final String OTHER = "other";

  static final int LIMIT = 10_000;

  private final String name;
  private final Supplier<C> maker;
  private final BiFunction<String, Map<Labels, C>, MetricSnapshot> reader;
  private final ConcurrentHashMap<Labels, C> cells = new ConcurrentHashMap<>();
  private final int limit;

  Family(
      String name,
      int limit,
      Supplier<C> maker,
      BiFunction<String, Map<Labels, C>, MetricSnapshot> reader) {
    this.name = name;
    this.limit = limit;
    this.maker = maker;
    this.reader = reader;
  }

  /** The series of these labels, made if there is room for it. */
  C cell(Labels labels) {
    C known = cells.get(labels);
    if (known != null) {
      return known;
    }
    return cells.computeIfAbsent(cells.size() < limit ? labels : other(labels), any -> maker.get());
  }

  /** Puts a series of one's own in place; dropped when there is no room. */
  void put(Labels labels, C cell) {
    if (cells.size() < limit || cells.containsKey(labels)) {
      cells.put(labels, cell);
    }
  }

  void remove(Labels labels) {
    cells.remove(labels);
  }

  void forget(String label, String value) {
    cells.keySet().removeIf(labels -> value.equals(labels.get(label)));
  }

  int size() {
    return cells.size();
  }

  boolean isEmpty() {
    return cells.isEmpty();
  }

  MetricSnapshot snapshot() {
    return reader.apply(name, cells);
  }

  private static Labels other(Labels labels) {
    String[] names = new String[labels.size()];
    String[] values = new String[labels.size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = labels.getName(i);
      values[i] = OTHER;
    }
    return Labels.of(names, values);
  }
}
