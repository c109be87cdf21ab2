package io.tidegate.worker.run;

import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobsHealth;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.store.Tended;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be done now and then: what time brings to jobs, a look at all queues, and whether
 * they get on. Confined to the engine's context.
 */
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final long TICK_MILLIS = 1000;
  private static final int LIMIT = 1000;

  /** A ready job that nobody takes for so long, with room for it, is a fault of ours. */
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final Duration STALL = Duration.ofSeconds(10);

  private final Parts parts;
  private final Dispatcher dispatcher;
  private final Clockwork clockwork;
  private final Callbacks callbacks;
  private final Map<String, KeepPlan> keep;
  private final Map<String, QueueStatus> seen = new HashMap<>();
  private final List<String> stalled = new ArrayList<>();
  private long idleNanos;
  private long timer = -1;
  private Instant armed = Instant.MAX;
  private boolean tending;
  private boolean stopped;

  Upkeep(Parts parts, Dispatcher dispatcher, Clockwork clockwork, Callbacks callbacks) {
    this.parts = parts;
    this.dispatcher = dispatcher;
    this.clockwork = clockwork;
    this.callbacks = callbacks;
    this.keep =
        parts.options().queues().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().keep()));
  }

  void start() {
    for (Lane lane : dispatcher.lanes()) {
      for (JobState state : JobState.values()) {
        lane.meters.depth(state.label(), () -> status(lane.queue).count(state));
      }
      lane.meters.oldestReady(() -> status(lane.queue).oldestReady().toMillis() / 1e3);
    }
    parts.meters().idle(() -> idleNanos / 1e9);
    parts.vertx().setPeriodic(TICK_MILLIS, any -> tick());
    parts.store().queues().onSuccess(this::look);
    tend();
  }

  private synchronized QueueStatus status(String queue) {
    return seen.getOrDefault(
        queue, new QueueStatus(queue, Mode.OPEN, Map.of(), 0, Duration.ZERO, 0));
  }

  private synchronized void saw(List<QueueStatus> all) {
    seen.clear();
    all.forEach(one -> seen.put(one.queue(), one));
  }

  void stop() {
    stopped = true;
    parts.vertx().cancelTimer(timer);
  }

  private void tick() {
    if (stopped) {
      return;
    }
    dispatcher.dropSilent();
    // Hints may be lost: each queue is asked at least once a second.
    dispatcher.lanes().forEach(Lane::wake);
    clockwork.tick();
    callbacks.tick();
    tend();
    parts.store().queues().onSuccess(this::look);
  }

  private void look(List<QueueStatus> all) {
    saw(all);
    stalled.clear();
    idleNanos = 0;
    for (QueueStatus one : all) {
      dispatcher.lane(one.queue()).ifPresent(lane -> watch(lane, one));
    }
    // The store may not know a queue that never had a job: it is open.
    dispatcher.lanes().forEach(lane -> lane.sees(status(lane.queue).mode()));
  }

  private void watch(Lane lane, QueueStatus status) {
    boolean waits = status.oldestReady().compareTo(STALL) > 0 && status.mode() != Mode.PAUSED;
    if (!waits || dispatcher.busyWithSuspect()) {
      return;
    }
    long idle = lane.idleNanos();
    idleNanos = Math.max(idleNanos, idle);
    if (idle > STALL_NANOS) {
      stalled.add(lane.queue);
      parts.meters().restarted();
      LOG.error(
          "jobs: queue {} has ready jobs and free places, and none was taken for {} s; it is"
              + " started again",
          lane.queue,
          TimeUnit.NANOSECONDS.toSeconds(idle));
      lane.restart();
    }
  }

  JobsHealth health() {
    List<String> troubles = new ArrayList<>();
    parts.store().trouble().ifPresent(troubles::add);
    stalled.forEach(queue -> troubles.add("stalled: queue " + queue + " is not worked on"));
    if (dispatcher.stopping()) {
      troubles.add("stopping: no more jobs are taken");
    }
    return new JobsHealth(troubles);
  }

  /** Something will be due then. */
  void due(Instant time) {
    if (stopped || !time.isBefore(armed)) {
      return;
    }
    parts.vertx().cancelTimer(timer);
    armed = time;
    long millis = Duration.between(parts.clock().instant(), time).toMillis();
    timer =
        parts
            .vertx()
            .setTimer(
                Math.max(1, Math.min(TICK_MILLIS, millis)),
                any -> {
                  armed = Instant.MAX;
                  tend();
                });
  }

  private void tend() {
    if (tending || stopped) {
      return;
    }
    tending = true;
    parts.store().tend(LIMIT, keep).onComplete(any -> tending = false).onSuccess(this::tended);
  }

  private void tended(Tended tended) {
    if (tended.crashed() > 0) {
      parts.meters().leaseExpired(tended.crashed());
      LOG.warn("jobs: {} leases ran out; their jobs run again", tended.crashed());
    }
    tended.poisoned().forEach(id -> parts.store().get(id).onSuccess(this::poisoned));
    tended.next().ifPresent(this::due);
  }

  private void poisoned(JobLookup found) {
    if (found instanceof JobLookup.Found dead) {
      String queue = dead.status().queue();
      dispatcher.lane(queue).ifPresent(lane -> lane.meters.dead("poison"));
      LOG.error("job {} of {}: is dead: it killed whoever ran it", dead.status().id(), queue);
      dispatcher.buried(queue, dead.status().id(), "poison");
    }
  }

  KeepPlan keep(String queue) {
    QueueOptions options = parts.options().queues().get(queue);
    return options == null ? KeepPlan.DEFAULTS : options.keep();
  }
}
