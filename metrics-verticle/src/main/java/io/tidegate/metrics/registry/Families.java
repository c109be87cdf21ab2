package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import io.tidegate.metrics.api.Counter;
import io.tidegate.metrics.api.Meters;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/** All of our own meters, by name, as one collector of the Prometheus registry. */
final class Families implements MultiCollector, Meters {
  private final Map<String, Family<?>> families = new ConcurrentHashMap<>();
  private final Bounds bounds;
  private final boolean exemplars;

  Families(List<Duration> buckets, boolean exemplars) {
    this.bounds = new Bounds(buckets);
    this.exemplars = exemplars;
  }

  Family<LongAdder> counters(String name, String help) {
    return family(
        name,
        found -> new Family<>(name, Family.LIMIT, LongAdder::new, counts(help, LongAdder::sum)));
  }

  /** Counters that are kept elsewhere. */
  Family<LongSupplier> totals(String name, String help) {
    return family(
        name,
        found ->
            new Family<>(name, Family.LIMIT, () -> () -> 0, counts(help, LongSupplier::getAsLong)));
  }

  /** A gauge that is moved up and down rather than read. */
  Family<LongAdder> levels(String name, String help) {
    return family(
        name,
        found -> new Family<>(name, Family.LIMIT, LongAdder::new, gauges(help, LongAdder::sum)));
  }

  Family<DoubleSupplier> gauges(String name, String help) {
    return family(
        name,
        found ->
            new Family<>(
                name,
                Family.LIMIT,
                () -> () -> Double.NaN,
                gauges(help, DoubleSupplier::getAsDouble)));
  }

  /** Facts in labels; {@code _info} is added to the name. */
  Family<Boolean> infos(String name, String help) {
    return family(
        name,
        found ->
            new Family<>(
                name,
                Family.LIMIT,
                () -> true,
                (any, cells) ->
                    new InfoSnapshot(
                        metadata(name, help),
                        cells.keySet().stream().map(InfoDataPointSnapshot::new).toList())));
  }

  Family<Timings> timings(String name, String help) {
    return family(
        name,
        found ->
            new Family<>(
                name,
                Family.LIMIT,
                () -> new Timings(bounds, exemplars),
                points(help, Families::timed)));
  }

  @SuppressWarnings("unchecked") // A name has one kind: all are made in this class, by its methods.
  private <C> Family<C> family(String name, Function<String, Family<C>> maker) {
    if (!PrometheusNaming.isValidMetricName(name)) {
      throw new IllegalArgumentException("meter: " + name + " (expected: a name without _total)");
    }
    return (Family<C>) families.computeIfAbsent(name, maker);
  }

  @Override
  public Counter counter(String name, String help, String... labels) {
    return counters(name, help).cell(Labels.of(labels))::add;
  }

  @Override
  public void gauge(String name, String help, DoubleSupplier value, String... labels) {
    gauges(name, help).put(Labels.of(labels), value);
  }

  @Override
  public Timing timing(String name, String help, String... labels) {
    return timings(name, help).cell(Labels.of(labels));
  }

  @Override
  public void forget(String label, String value) {
    families.values().forEach(family -> family.forget(label, value));
  }

  /** Series of all names. */
  int size() {
    return families.values().stream().mapToInt(Family::size).sum();
  }

  @Override
  public MetricSnapshots collect() {
    return new MetricSnapshots(
        families.values().stream()
            .filter(family -> !family.isEmpty())
            .map(Family::snapshot)
            .toArray(MetricSnapshot[]::new));
  }

  private static MetricMetadata metadata(String name, String help) {
    return new MetricMetadata(name, help);
  }

  private static <C> BiFunction<String, Map<Labels, C>, MetricSnapshot> points(
      String help, BiFunction<MetricMetadata, Map<Labels, C>, MetricSnapshot> reader) {
    return (name, cells) -> reader.apply(metadata(name, help), cells);
  }

  private static <C> BiFunction<String, Map<Labels, C>, MetricSnapshot> counts(
      String help, ToDoubleFunction<C> value) {
    return (name, cells) ->
        new CounterSnapshot(
            metadata(name, help),
            cells.entrySet().stream()
                .map(
                    e ->
                        new CounterDataPointSnapshot(
                            value.applyAsDouble(e.getValue()), e.getKey(), null, 0))
                .toList());
  }

  private static <C> BiFunction<String, Map<Labels, C>, MetricSnapshot> gauges(
      String help, ToDoubleFunction<C> value) {
    return (name, cells) ->
        new GaugeSnapshot(
            metadata(name, help),
            cells.entrySet().stream()
                .map(
                    e ->
                        new GaugeDataPointSnapshot(
                            value.applyAsDouble(e.getValue()), e.getKey(), null))
                .toList());
  }

  private static MetricSnapshot timed(MetricMetadata meta, Map<Labels, Timings> cells) {
    return new HistogramSnapshot(
        meta, cells.entrySet().stream().map(e -> e.getValue().point(e.getKey())).toList());
  }
}
