package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Meters as an ExportMetricsServiceRequest in the JSON of protobuf (OTLP 1.x): 64-bit numbers are
 * text there, enums are numbers.
 */
final class OtlpJson {
  private static final int CUMULATIVE = 2;

  private final String service;
  private final String start;

  OtlpJson(String service, long startMillis) {
    this.service = service;
    this.start = nanos(startMillis);
  }

  private static String nanos(long millis) {
    return millis + "000000";
  }

  JsonObject of(MetricSnapshots snapshots, long nowMillis) {
    String now = nanos(nowMillis);
    List<JsonObject> metrics =
        snapshots.stream().flatMap(snapshot -> metric(snapshot, now)).toList();
    JsonObject scope =
        new JsonObject()
            .put("scope", new JsonObject().put("name", "io.tidegate"))
            .put("metrics", new JsonArray(metrics));
    JsonObject resource =
        new JsonObject().put("attributes", new JsonArray().add(attribute("service.name", service)));
    return new JsonObject()
        .put(
            "resourceMetrics",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("resource", resource)
                        .put("scopeMetrics", new JsonArray().add(scope))));
  }

  private Stream<JsonObject> metric(MetricSnapshot snapshot, String now) {
    JsonObject metric =
        new JsonObject()
            .put("name", snapshot.getMetadata().getPrometheusName())
            .put("description", snapshot.getMetadata().getHelp());
    if (snapshot instanceof CounterSnapshot counter) {
      return Stream.of(
          metric.put(
              "sum",
              points(counter.getDataPoints(), now, OtlpJson::count)
                  .put("aggregationTemporality", CUMULATIVE)
                  .put("isMonotonic", true)));
    }
    if (snapshot instanceof GaugeSnapshot gauge) {
      return Stream.of(metric.put("gauge", points(gauge.getDataPoints(), now, OtlpJson::level)));
    }
    if (snapshot instanceof InfoSnapshot info) {
      return Stream.of(
          metric.put(
              "gauge",
              points(info.getDataPoints(), now, any -> new JsonObject().put("asDouble", 1.0))));
    }
    if (snapshot instanceof HistogramSnapshot histogram) {
      return Stream.of(
          metric.put(
              "histogram",
              points(histogram.getDataPoints(), now, OtlpJson::histogram)
                  .put("aggregationTemporality", CUMULATIVE)));
    }
    return snapshot instanceof SummarySnapshot summary
        ? Stream.of(metric.put("summary", points(summary.getDataPoints(), now, OtlpJson::summary)))
        : Stream.empty();
  }

  private <P extends DataPointSnapshot> JsonObject points(
      List<P> all, String now, Function<P, JsonObject> value) {
    List<JsonObject> points =
        all.stream()
            .map(point -> value.apply(point).put("attributes", attributes(point)))
            .filter(point -> number(point.getDouble("asDouble", 0.0)))
            .map(point -> point.put("startTimeUnixNano", start).put("timeUnixNano", now))
            .toList();
    return new JsonObject().put("dataPoints", new JsonArray(points));
  }

  /** JSON has no word for the others. */
  private static boolean number(double value) {
    return Double.isFinite(value);
  }

  private static JsonObject count(CounterDataPointSnapshot point) {
    return new JsonObject().put("asDouble", point.getValue());
  }

  private static JsonObject level(GaugeDataPointSnapshot point) {
    return new JsonObject().put("asDouble", point.getValue());
  }

  private static JsonObject histogram(HistogramDataPointSnapshot point) {
    ClassicHistogramBuckets buckets = point.getClassicBuckets();
    return new JsonObject()
        .put("count", Long.toString(point.getCount()))
        .put("sum", point.getSum())
        .put(
            "bucketCounts",
            new JsonArray(
                buckets.stream().map(bucket -> Long.toString(bucket.getCount())).toList()))
        .put(
            "explicitBounds",
            new JsonArray(
                buckets.stream()
                    .map(bucket -> bucket.getUpperBound())
                    .filter(OtlpJson::number)
                    .toList()));
  }

  private static JsonObject summary(SummaryDataPointSnapshot point) {
    return new JsonObject()
        .put("count", Long.toString(point.getCount()))
        .put("sum", point.hasSum() ? point.getSum() : 0.0);
  }

  private static JsonArray attributes(DataPointSnapshot point) {
    JsonArray attributes = new JsonArray();
    for (Label label : point.getLabels()) {
      attributes.add(attribute(label.getName(), label.getValue()));
    }
    return attributes;
  }

  private static JsonObject attribute(String key, String value) {
    return new JsonObject()
        .put("key", key)
        .put("value", new JsonObject().put("stringValue", value));
  }
}
