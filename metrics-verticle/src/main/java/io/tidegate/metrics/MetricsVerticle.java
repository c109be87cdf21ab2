package io.tidegate.metrics;

import io.tidegate.metrics.api.EventsBus;
import io.tidegate.metrics.api.MetricsBus;
import io.tidegate.metrics.api.MetricsSnapshot;
import io.tidegate.metrics.registry.OtlpPush;
import io.tidegate.metrics.registry.Recent;
import io.tidegate.metrics.registry.Registry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Watches this node: measures its event loops, keeps the last seconds and the last events, and
 * answers the console. One per node.
 */
public final class MetricsVerticle extends VerticleBase {
  private static final long LOOK_MILLIS = 1000;
  private static final long PUSH_MILLIS = 10_000;

  private final Registry registry;
  private final Optional<OtlpPush> push;
  private final Recent recent;
  private final EventJournal journal;

  /**
   * @param node name of this node, by which its own events are told from others'
   */
  public MetricsVerticle(Telemetry telemetry, String node) {
    registry = telemetry.registry();
    push = telemetry.push();
    recent = new Recent(registry);
    journal = new EventJournal(node, registry.custom());
  }

  @Override
  public Future<?> start() {
    registry.watchLoop(vertx);
    vertx.setPeriodic(Registry.pingMillis(), timer -> registry.pingLoops());
    vertx.setPeriodic(LOOK_MILLIS, timer -> recent.look());
    recent.look();
    push.ifPresent(this::pushLater);
    // Slow and needed by the first scrape only: nobody waits for it.
    vertx.executeBlocking(this::bindJvm, false);
    return Future.join(
        EventsBus.listen(vertx, journal::add), MetricsBus.serve(vertx, this::snapshot));
  }

  /** Waits for one to end before the next: a slow collector must not queue them up. */
  private void pushLater(OtlpPush otlp) {
    vertx
        .timer(PUSH_MILLIS, TimeUnit.MILLISECONDS)
        .compose(now -> vertx.executeBlocking(() -> push(otlp), false))
        .onSuccess(done -> pushLater(otlp));
  }

  private static Void push(OtlpPush otlp) {
    otlp.push();
    return null;
  }

  private Void bindJvm() {
    registry.bindJvm();
    return null;
  }

  private Future<MetricsSnapshot> snapshot() {
    return Future.succeededFuture(
        new MetricsSnapshot(
            Instant.now(),
            recent.seconds(),
            registry.connections(),
            registry.loopLagSeconds(),
            recent.routes(),
            recent.upstreams(),
            journal.last()));
  }
}
