package io.tidegate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.EventsBus;
import io.tidegate.metrics.api.MetricsBus;
import io.tidegate.metrics.api.MetricsSnapshot;
import io.tidegate.metrics.api.MetricsSnapshot.Traffic;
import io.tidegate.metrics.api.OperationalEvent.BreakerChanged;
import io.tidegate.metrics.api.OperationalEvent.DrainStarted;
import io.tidegate.metrics.api.RouteMeters;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.UpstreamMeters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MetricsVerticleTest {
  private static final String NODE = "node-1";

  private Telemetry telemetry;
  private Vertx vertx;

  @BeforeEach
  void start() throws Exception {
    telemetry = Telemetry.start(TelemetryOptions.DEFAULTS, Map.of(), "test");
    vertx = telemetry.vertx(new VertxOptions()).build();
    await(vertx.deployVerticle(new MetricsVerticle(telemetry, NODE)));
  }

  @AfterEach
  void stop() throws Exception {
    await(vertx.close());
    telemetry.registry().close(); // Not the log: there is one per process, and tests share it.
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }

  /** Asks again and again, as a console does, until what is waited for shows. */
  private MetricsSnapshot snapshotWith(Predicate<MetricsSnapshot> awaited) throws Exception {
    MetricsSnapshot snapshot;
    do {
      snapshot = await(MetricsBus.client(vertx).take());
    } while (!awaited.test(snapshot));
    return snapshot;
  }

  private String scrape() throws Exception {
    return await(telemetry.meters().scrape(vertx, null)).body().toString();
  }

  @Test
  void keepsLogsAndCountsEvents() throws Exception {
    Events here = EventsBus.client(vertx, NODE);
    Events elsewhere = EventsBus.client(vertx, "node-2");
    here.publish(new BreakerChanged("orders", "closed", "open", "failure_rate"));
    elsewhere.publish(new DrainStarted(15_000));
    MetricsSnapshot snapshot = snapshotWith(now -> now.events().size() == 2);
    assertThat(snapshot.events().get(0).event())
        .isEqualTo(new BreakerChanged("orders", "closed", "open", "failure_rate"));
    assertThat(snapshot.events().get(1).node()).isEqualTo("node-2");
    assertThat(snapshot.toJson().getJsonArray("events").getJsonObject(0).getString("event"))
        .isEqualTo("breaker_changed");
    assertThat(scrape())
        .contains("tidegate_events_total{event=\"breaker_changed\"} 1.0")
        .doesNotContain("drain_started");
  }

  @Test
  void keepsTheLast200Events() throws Exception {
    Events events = EventsBus.client(vertx, "node-2");
    for (int i = 0; i < 300; i++) {
      events.publish(new DrainStarted(i));
    }
    MetricsSnapshot snapshot =
        snapshotWith(
            now ->
                !now.events().isEmpty()
                    && now.events()
                        .get(now.events().size() - 1)
                        .event()
                        .equals(new DrainStarted(299)));
    assertThat(snapshot.events()).hasSize(200);
    assertThat(snapshot.events().get(0).event()).isEqualTo(new DrainStarted(100));
  }

  @Test
  void tellsRatesAndPercentilesOfTheLastSeconds() throws Exception {
    RouteMeters route = telemetry.meters().route("orders");
    UpstreamMeters upstream = telemetry.meters().upstream("orders");
    upstream.poolInUse(2);
    Facts facts = new Facts();
    for (int i = 1; i <= 1000; i++) {
      facts.totalNanos = TimeUnit.MILLISECONDS.toNanos(i);
      facts.status = i > 900 ? 503 : 200;
      route.begin();
      route.end(facts);
      upstream.attempt(i > 900 ? "reset" : "ok", facts.totalNanos, TraceContext.NONE);
    }
    route.begin();
    telemetry.meters().clientConnected();
    MetricsSnapshot snapshot =
        snapshotWith(now -> !now.routes().isEmpty() && now.routes().get(0).perSecond() > 0);
    assertThat(snapshot.connections()).isEqualTo(1);
    Traffic traffic = snapshot.routes().get(0);
    assertThat(traffic.name()).isEqualTo("orders");
    assertThat(traffic.inFlight()).isEqualTo(1);
    assertThat(traffic.failedPerSecond() / traffic.perSecond()).isBetween(0.09, 0.11);
    assertThat(traffic.p50Millis()).isBetween(450.0, 550.0);
    assertThat(traffic.p95Millis()).isBetween(900.0, 1000.0);
    assertThat(traffic.p99Millis()).isBetween(950.0, 1000.0);
    Traffic attempts = snapshot.upstreams().get(0);
    assertThat(attempts.inFlight()).isEqualTo(2);
    assertThat(attempts.failedPerSecond() / attempts.perSecond()).isBetween(0.09, 0.11);
  }

  @Test
  void seesAnEventLoopThatIsBlocked() throws Exception {
    CountDownLatch watched = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Context loop = vertx.getOrCreateContext();
    loop.runOnContext(
        any -> {
          telemetry.meters().watchLoop(vertx);
          watched.countDown();
        });
    assertThat(watched.await(10, TimeUnit.SECONDS)).isTrue();
    loop.runOnContext(
        any -> {
          try {
            assertThat(never.await(600, TimeUnit.MILLISECONDS)).isFalse();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
        });
    snapshotWith(now -> now.lagSeconds() >= 0.2);
    String text;
    do {
      text = scrape();
    } while (text.contains("tidegate_event_loop_blocked_total 0.0"));
    assertThat(text).containsPattern("tidegate_event_loop_lag_seconds 0\\.[2-9]");
  }

  @Test
  void showsTheJvmSoonAfterTheStart() throws Exception {
    String text;
    do {
      text = scrape();
    } while (!text.contains("process_uptime_seconds"));
    assertThat(text).contains("jvm_memory_used_bytes");
  }
}
