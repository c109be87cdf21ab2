package io.tidegate.gateway.launch;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.admin.Operations;
import io.tidegate.gateway.config.ConfigReport;
import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.OperationalEvent;
import io.tidegate.worker.WorkerVerticle;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.StoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
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
  private final Function<JobsOptions, Future<Void>> jobs;
  private Future<Operations.Reload> running = Future.succeededFuture();
  private long stamp;
  private long timer = -1;

  /**
   * @param whenLoaded told after each change that was taken
   * @param jobs puts other terms of jobs in force
   */
  Reloader(
      Vertx vertx,
      Node node,
      ConfigSource source,
      GatewayMeters meters,
      Events events,
      Runnable whenLoaded,
      Function<JobsOptions, Future<Void>> jobs) {
    this.jobs = jobs;
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
    List<String> errors = errors(report);
    if (report.options().isEmpty() || !errors.isEmpty()) {
      meters.configRejected();
      events.publish(new OperationalEvent.ConfigRejected(node.options().version(), errors));
      return Future.succeededFuture(
          new Operations.Reload(node.options().version(), errors, List.of()));
    }
    report.warnings().forEach(warning -> LOG.warn("{}", warning));
    GatewayOptions next = report.options().get();
    List<String> restart = needRestart(node.options(), next);
    return putInForce(keepingFixed(next))
        .map(
            done -> {
              meters.configLoaded(next.version());
              events.publish(new OperationalEvent.ConfigReloaded(next.version(), restart));
              LOG.info("configuration read again: {}", why);
              whenLoaded.run();
              return new Operations.Reload(next.version(), List.of(), restart);
            });
  }

  private static List<String> errors(ConfigReport report) {
    List<String> errors = new ArrayList<>();
    report.errors().forEach(error -> errors.add(error.toString()));
    report
        .options()
        .flatMap(GatewayOptions::jobs)
        .ifPresent(jobs -> errors.addAll(WorkerVerticle.missing(jobs.jobs())));
    return errors;
  }

  /**
   * Queues that are new are there before the first route that uses them, and those that are gone
   * leave after the last.
   */
  private Future<Void> putInForce(GatewayOptions next) {
    Optional<JobsOptions> before = node.options().jobs().map(OffloadOptions::jobs);
    Optional<JobsOptions> after = next.jobs().map(OffloadOptions::jobs);
    if (before.isEmpty() || before.equals(after)) {
      return node.reload(next);
    }
    return jobs.apply(both(before.get(), after.get()))
        .compose(ready -> node.reload(next))
        .compose(routed -> jobs.apply(after.get()));
  }

  private static JobsOptions both(JobsOptions before, JobsOptions after) {
    Map<String, QueueOptions> queues = new HashMap<>(before.queues());
    queues.putAll(after.queues());
    return after.withQueues(queues);
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
    if (now.jobs().isEmpty() && next.jobs().isPresent()) {
      keys.add("queues");
    } else if (next.jobs().isPresent() && !store(now).equals(store(next))) {
      keys.add("stores.jobs");
    }
    if (now.demo() != next.demo()) {
      keys.add("demo");
    }
    return keys;
  }

  private static Optional<StoreOptions> store(GatewayOptions options) {
    return options.jobs().map(jobs -> jobs.jobs().store());
  }

  /**
   * The first queue would need a store opened; with the last one gone, what waits in the store is
   * still looked after.
   */
  private static Optional<OffloadOptions> keepingFixed(
      Optional<OffloadOptions> now, Optional<OffloadOptions> next) {
    return now.map(
        before -> {
          OffloadOptions after =
              next.orElseGet(() -> before.withJobs(before.jobs().withQueues(Map.of())));
          return after.withJobs(after.jobs().withStore(before.jobs().store()));
        });
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
