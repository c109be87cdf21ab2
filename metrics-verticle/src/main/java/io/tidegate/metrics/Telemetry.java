package io.tidegate.metrics;

import io.tidegate.metrics.api.AccessLog;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.metrics.api.Tracing;
import io.tidegate.metrics.logs.AccessLines;
import io.tidegate.metrics.logs.Logs;
import io.tidegate.metrics.registry.OtlpPush;
import io.tidegate.metrics.registry.Registry;
import io.tidegate.metrics.traces.ContextOnly;
import io.tidegate.metrics.traces.Exporting;
import io.tidegate.metrics.traces.Propagation;
import io.tidegate.metrics.traces.RecordedTracing;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Log, meters and traces of this process. Made before Vert.x, since Vert.x is built with them;
 * closed after it, since its last words are logged.
 */
public final class Telemetry implements AutoCloseable {
  /** Ours know routes and upstreams and cost less per request; pools report through them too. */
  private static final Set<String> COUNTED_BY_US =
      Stream.of(
              MetricsDomain.HTTP_SERVER,
              MetricsDomain.HTTP_CLIENT,
              MetricsDomain.NET_SERVER,
              MetricsDomain.NET_CLIENT,
              MetricsDomain.DATAGRAM_SOCKET,
              MetricsDomain.NAMED_POOLS)
          .map(MetricsDomain::toCategory)
          .collect(Collectors.toUnmodifiableSet());

  private final AccessLines access;
  private final Registry registry;
  private final Tracing tracing;
  private final Optional<OtlpPush> push;

  private Telemetry(
      AccessLines access, Registry registry, Tracing tracing, Optional<OtlpPush> push) {
    this.access = access;
    this.registry = registry;
    this.tracing = tracing;
    this.push = push;
  }

  /**
   * Starts everything that does not need Vert.x.
   *
   * @param environment for OTEL_* variables, which win over the file
   * @param version of the program, for logs and {@code tidegate_build_info}
   */
  public static Telemetry start(
      TelemetryOptions options, Map<String, String> environment, String version) {
    Logs.configure(options.logs());
    AccessLines access =
        new AccessLines(Logs.writer(), options.logs(), Logs.text(options.logs().format()));
    Registry registry = new Registry(options, version);
    countDrops(registry);
    String otlp = options.metrics().otlp();
    Optional<OtlpPush> push =
        otlp.isBlank()
            ? Optional.empty()
            : Optional.of(new OtlpPush(registry, options.service(), otlp, environment));
    return new Telemetry(access, registry, tracing(options, environment), push);
  }

  private static Tracing tracing(TelemetryOptions options, Map<String, String> environment) {
    TelemetryOptions.Traces traces = options.traces();
    return Exporting.wanted(traces, environment)
        ? RecordedTracing.start(options, environment)
        : new ContextOnly(traces.sample(), Propagation.of(traces));
  }

  private static void countDrops(Registry registry) {
    String help = "Lines not written because standard output was not read.";
    registry.total("tidegate_log_dropped", help, Logs.writer()::droppedAccess, "log", "access");
    registry.total("tidegate_log_dropped", help, Logs.writer()::droppedOther, "log", "other");
  }

  /**
   * A builder of a Vertx that counts and traces here. Every HTTP server and client made of it has
   * to be set to {@code TracingPolicy.IGNORE}: their spans are ours, see {@link Tracing}.
   */
  public VertxBuilder vertx(VertxOptions options) {
    VertxOptions all = new VertxOptions(options);
    all.setMetricsOptions(
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setLabels(Set.of(Label.EB_SIDE))
            .setDisabledMetricsCategories(COUNTED_BY_US));
    if (tracing instanceof RecordedTracing recorded) {
      recorded.wire(all);
    }
    VertxBuilder builder =
        Vertx.builder().with(all).withMetrics(new MicrometerMetricsFactory(registry.micrometer()));
    if (tracing instanceof RecordedTracing recorded) {
      recorded.wire(builder);
    }
    return builder;
  }

  public AccessLog accessLog() {
    return access;
  }

  public GatewayMeters meters() {
    return registry;
  }

  /** What is counted of jobs. */
  public JobMeters jobMeters() {
    return JobMeters.on(registry.named());
  }

  public Tracing tracing() {
    return tracing;
  }

  Registry registry() {
    return registry;
  }

  Optional<OtlpPush> push() {
    return push;
  }

  /**
   * Takes over what can change while running: level, format of lines other than requests, whether
   * and how many requests are logged. The rest needs a restart.
   */
  public void reload(TelemetryOptions options) {
    Logs.configure(options.logs());
    access.reload(options.logs());
  }

  /** Writes out what is left, waiting a few seconds at most. To be called after Vertx is closed. */
  @Override
  public void close() throws Exception {
    if (tracing instanceof RecordedTracing recorded) {
      recorded.close();
    }
    push.ifPresent(OtlpPush::push);
    registry.close();
    Logs.close();
  }
}
