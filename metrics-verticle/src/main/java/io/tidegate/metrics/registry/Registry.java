package io.tidegate.metrics.registry;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.api.CacheMeters;
import io.tidegate.metrics.api.CacheRouteMeters;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.Meters;
import io.tidegate.metrics.api.RouteMeters;
import io.tidegate.metrics.api.UpstreamMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/** The process's meters: ours and Micrometer's in one Prometheus registry. */
public final class Registry implements GatewayMeters, AutoCloseable {
  /** Routes and upstreams with series of their own; more share those named {@code other}. */
  static final int SCOPES = 1000;

  private final PrometheusRegistry prometheus = new PrometheusRegistry();
  private final PrometheusMeterRegistry micrometer =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
  private final Families families;
  private final RouteCounts.RouteFamilies routeFamilies;
  private final UpstreamCounts.UpstreamFamilies upstreamFamilies;
  private final CacheRouteCounts.CacheRouteFamilies cacheFamilies;
  private final CacheCounts cache;
  private final Map<String, Held<RouteCounts>> routes = new ConcurrentHashMap<>();
  private final Map<String, Held<UpstreamCounts>> upstreams = new ConcurrentHashMap<>();
  private final Map<String, Held<CacheRouteCounts>> caches = new ConcurrentHashMap<>();
  private final LongAdder connections;
  private final LoopLag lag;
  private final ConfigMeters config;
  private final List<AutoCloseable> bound = new CopyOnWriteArrayList<>();

  private record Held<M>(Scope scope, M meters) {}

  public Registry(TelemetryOptions options, String version) {
    families = new Families(options.metrics().buckets(), options.metrics().exemplars());
    prometheus.register(families);
    routeFamilies = Names.route(families);
    upstreamFamilies = Names.upstream(families);
    cacheFamilies = Names.cacheRoute(families);
    cache = new CacheCounts(families, this::cacheOf);
    connections =
        families
            .levels("tidegate_client_connections", "Open connections of clients.")
            .cell(Labels.EMPTY);
    lag = new LoopLag(Names.blocked(families));
    families.gauge(
        "tidegate_event_loop_lag_seconds",
        "Longest delay of a task on any event loop in the last five to ten seconds.",
        lag::seconds);
    families.gauge(
        "tidegate_buffer_direct_bytes", "Memory outside the heap held for I/O.", Registry::direct);
    families
        .infos("tidegate_build", "What runs.")
        .cell(Labels.of("version", version, "java", Runtime.version().toString()));
    config = new ConfigMeters(families);
  }

  private static double direct() {
    return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
        ? provider.metric().usedDirectMemory()
        : Double.NaN;
  }

  /** Meters by name, for rooms that say themselves what they count. */
  public Meters named() {
    return families;
  }

  @Override
  public RouteMeters route(String id) {
    return hold(
        routes,
        "route",
        id,
        (scope, name) -> new RouteCounts(routeFamilies, scope, () -> release(routes, name)));
  }

  @Override
  public UpstreamMeters upstream(String name) {
    return hold(
        upstreams,
        "upstream",
        name,
        (scope, key) -> new UpstreamCounts(upstreamFamilies, scope, () -> release(upstreams, key)));
  }

  @Override
  public CacheMeters cache() {
    return cache;
  }

  private CacheRouteMeters cacheOf(String route) {
    return hold(
        caches,
        "route",
        route,
        (scope, name) -> new CacheRouteCounts(cacheFamilies, scope, () -> release(caches, name)));
  }

  private static <M> M hold(
      Map<String, Held<M>> all, String label, String asked, BiFunction<Scope, String, M> maker) {
    String name = all.size() < SCOPES || all.containsKey(asked) ? asked : Family.OTHER;
    return all.compute(
            name,
            (key, held) -> {
              Held<M> now = held;
              if (now == null) {
                Scope scope = new Scope(label, key);
                now = new Held<>(scope, maker.apply(scope, key));
              }
              now.scope.hold();
              return now;
            })
        .meters;
  }

  private static <M> void release(Map<String, Held<M>> all, String name) {
    all.computeIfPresent(name, (key, held) -> held.scope.release() ? null : held);
  }

  @Override
  public void clientConnected() {
    connections.increment();
  }

  @Override
  public void clientDisconnected() {
    connections.decrement();
  }

  @Override
  public void watchLoop(Vertx vertx) {
    lag.watch(vertx.getOrCreateContext());
  }

  /** Measures all watched loops once. See {@link LoopLag#ping}. */
  public void pingLoops() {
    lag.ping();
  }

  /** How often to call {@link #pingLoops}. */
  public static long pingMillis() {
    return LoopLag.INTERVAL_MILLIS;
  }

  /** See {@link LoopLag#seconds}. */
  public double loopLagSeconds() {
    return lag.seconds();
  }

  @Override
  public void configLoaded(String version) {
    config.loaded(version);
  }

  @Override
  public void configRejected() {
    config.rejected();
  }

  @Override
  public Meters custom() {
    return families;
  }

  /** A counter that is kept elsewhere and read at each scrape. */
  public void total(String name, String help, LongSupplier value, String... labels) {
    families.totals(name, help).put(Labels.of(labels), value);
  }

  /** Where Vert.x counts. */
  public MeterRegistry micrometer() {
    return micrometer;
  }

  Collection<RouteCounts> routes() {
    return routes.values().stream().map(Held::meters).toList();
  }

  Collection<UpstreamCounts> upstreams() {
    return upstreams.values().stream().map(Held::meters).toList();
  }

  /** Open connections of clients. */
  public long connections() {
    return connections.sum();
  }

  int series() {
    return families.size();
  }

  /** Adds meters of JVM and process. Takes tens of milliseconds: not on an event loop. */
  public void bindJvm() {
    JvmGcMetrics pauses = new JvmGcMetrics();
    bound.add(pauses);
    pauses.bindTo(micrometer);
    new JvmMemoryMetrics().bindTo(micrometer);
    new JvmThreadMetrics().bindTo(micrometer);
    new ClassLoaderMetrics().bindTo(micrometer);
    new ProcessorMetrics().bindTo(micrometer);
    new FileDescriptorMetrics().bindTo(micrometer);
    new UptimeMetrics().bindTo(micrometer);
  }

  @Override
  public Future<Exposition> scrape(Vertx vertx, String accept) {
    return vertx.executeBlocking(() -> text(accept), false);
  }

  MetricSnapshots snapshots() {
    return prometheus.scrape();
  }

  Exposition text(String accept) throws IOException {
    ExpositionFormatWriter writer =
        accept != null && accept.contains("application/openmetrics-text")
            ? OpenMetricsTextFormatWriter.create()
            : PrometheusTextFormatWriter.create();
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 15);
    writer.write(out, snapshots());
    return new Exposition(writer.getContentType(), Buffer.buffer(out.toByteArray()));
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : bound) {
      one.close();
    }
    micrometer.close();
  }
}
