package io.tidegate.metrics;

import java.time.Duration;
import java.util.List;

/**
 * What is logged, traced and counted.
 *
 * @param service name in logs, traces and metrics
 */
public record TelemetryOptions(String service, Logs logs, Traces traces, Metrics metrics) {
  /**
   * @param format AUTO: text on a terminal, JSON elsewhere
   * @param access whether each request gets a line
   * @param sample share of requests that get a line, 0 to 1; failures always do
   */
  public record Logs(Format format, String level, boolean access, double sample) {
    /** How lines are written. */
    public enum Format {
      AUTO,
      JSON,
      TEXT
    }
  }

  /**
   * @param endpoint of the collector; empty: the exporter's default or OTEL_* variables
   * @param sample share of new traces that are recorded, 0 to 1
   * @param propagate fields that are passed on: {@code tracecontext}, {@code baggage}
   */
  public record Traces(Exporter exporter, String endpoint, double sample, List<String> propagate) {
    /** Where spans go. */
    public enum Exporter {
      NONE,
      OTLP,
      ZIPKIN
    }

    public Traces {
      propagate = List.copyOf(propagate);
    }
  }

  /**
   * @param otlp endpoint that metrics are pushed to as well; empty: none
   * @param buckets upper bounds of the duration histograms, ascending
   */
  public record Metrics(
      boolean prometheus, String otlp, List<Duration> buckets, boolean exemplars) {
    public Metrics {
      buckets = List.copyOf(buckets);
    }
  }

  public static final TelemetryOptions DEFAULTS =
      new TelemetryOptions(
          "tidegate",
          new Logs(Logs.Format.AUTO, "info", true, 1.0),
          new Traces(Traces.Exporter.NONE, "", 0.1, List.of("tracecontext", "baggage")),
          new Metrics(
              true,
              "",
              List.of(
                  Duration.ofMillis(5),
                  Duration.ofMillis(10),
                  Duration.ofMillis(25),
                  Duration.ofMillis(50),
                  Duration.ofMillis(100),
                  Duration.ofMillis(250),
                  Duration.ofMillis(500),
                  Duration.ofSeconds(1),
                  Duration.ofMillis(2500),
                  Duration.ofSeconds(5),
                  Duration.ofSeconds(10)),
              true));
}
