package io.tidegate.gateway.launch;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.admin.Operations;
import io.tidegate.gateway.config.ConfigReport;
import io.tidegate.gateway.config.Problem;
import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.OperationalEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a changed file in force: on its own when the file changes, on SIGHUP, or when an operator
 * asks. One at a time; an invalid file changes nothing.
 */
final class Reloader {
  private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
  private static final long LOOK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Node node;
  private final ConfigSource source;
  private final GatewayMeters meters;
  private final Events events;
  private final Runnable whenLoaded;
  private Future<Operations.Reload> running = Future.succeededFuture();
  private long stamp;
  private long timer = -1;

  /**
   * @param whenLoaded told after each change that was taken
   */
  Reloader(
      Vertx vertx,
      Node node,
      ConfigSource source,
      GatewayMeters meters,
      Events events,
      Runnable whenLoaded) {
    this.events = events;
    this.whenLoaded = whenLoaded;
    this.vertx = vertx;
    this.node = node;
    this.source = source;
    this.meters = meters;
    this.stamp = source.stamp();
  }

  /** Begins to watch the file. */
  void watch() {
    if (source.file().isPresent()) {
      timer = vertx.setPeriodic(LOOK_MILLIS, tick -> look());
    }
  }

  void close() {
    vertx.cancelTimer(timer);
  }

  private void look() {
    vertx
        .executeBlocking(source::stamp, false)
        .onSuccess(
            now -> {
              if (now != stamp) {
                stamp = now;
                if (now != 0) {
                  reload("the file changed");
                }
              }
            });
  }

  /** Reads the file and applies it; the future fails only when something of ours broke. */
  synchronized Future<Operations.Reload> reload(String why) {
    Future<Operations.Reload> next =
        running
            .otherwiseEmpty()
            .compose(before -> vertx.executeBlocking(source::read, false))
            .compose(report -> apply(report, why));
    running = next;
    return next;
  }

  private Future<Operations.Reload> apply(ConfigReport report, String why) {
    List<String> errors = report.errors().stream().map(Problem::toString).toList();
    if (report.options().isEmpty()) {
      meters.configRejected();
      events.publish(new OperationalEvent.ConfigRejected(node.options().version(), errors));
      return Future.succeededFuture(
          new Operations.Reload(node.options().version(), errors, List.of()));
    }
    report.warnings().forEach(warning -> LOG.warn("{}", warning));
    GatewayOptions next = report.options().get();
    List<String> restart = needRestart(node.options(), next);
    return node.reload(keepingFixed(next))
        .map(
            done -> {
              meters.configLoaded(next.version());
              events.publish(new OperationalEvent.ConfigReloaded(next.version(), restart));
              LOG.info("configuration read again: {}", why);
              whenLoaded.run();
              return new Operations.Reload(next.version(), List.of(), restart);
            });
  }

  private static List<String> needRestart(GatewayOptions now, GatewayOptions next) {
    List<String> keys = new ArrayList<>();
    if (!Objects.equals(now.server(), next.server())) {
      keys.add("server");
    }
    if (!Objects.equals(now.admin(), next.admin())) {
      keys.add("admin");
    }
    if (!Objects.equals(now.telemetry().traces(), next.telemetry().traces())) {
      keys.add("telemetry.traces");
    }
    if (!Objects.equals(now.telemetry().metrics(), next.telemetry().metrics())) {
      keys.add("telemetry.metrics");
    }
    if (!now.stores().redis().equals(next.stores().redis())) {
      keys.add("stores.redis");
    }
    if (!now.stores().cache().equals(next.stores().cache())) {
      keys.add("stores.cache");
    }
    if (now.jobs().isPresent() != next.jobs().isPresent()) {
      keys.add("queues");
    } else if (now.jobs().isPresent()) {
      jobs(now.jobs().get(), next.jobs().get(), keys);
    }
    if (now.demo() != next.demo()) {
      keys.add("demo");
    }
    return keys;
  }

  private static void jobs(OffloadOptions now, OffloadOptions next, List<String> keys) {
    if (!now.jobs().store().equals(next.jobs().store())) {
      keys.add("stores.jobs");
    }
    if (!now.jobs().queues().equals(next.jobs().queues())) {
      keys.add("queues");
    }
    if (!now.prefix().equals(next.prefix())) {
      keys.add("jobs.prefix");
    }
    if (!now.jobs().lease().equals(next.jobs().lease())) {
      keys.add("jobs.lease");
    }
    if (!now.jobs().grace().equals(next.jobs().grace())) {
      keys.add("jobs.grace");
    }
  }

  /** Jobs that begin or end with a reload would need a store opened or closed. */
  private static Optional<OffloadOptions> keepingFixed(
      Optional<OffloadOptions> now, Optional<OffloadOptions> next) {
    if (now.isEmpty() || next.isEmpty()) {
      return now;
    }
    return next.map(options -> options.withJobs(now.get().prefix(), now.get().jobs()));
  }

  private GatewayOptions keepingFixed(GatewayOptions next) {
    GatewayOptions now = node.options();
    return new GatewayOptions(
        next.version(),
        now.server(),
        now.admin(),
        next.upstreams(),
        next.routes(),
        next.telemetry(),
        now.stores(),
        keepingFixed(now.jobs(), next.jobs()),
        now.demo());
  }
}
