package io.tidegate.worker.run;

import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobsHealth;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.store.Tended;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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

  private final Parts parts;
  private final Dispatcher dispatcher;
  private final Clockwork clockwork;
  private final Callbacks callbacks;

  /** Also of queues that are not configured any more, so that none loses its jobs by that. */
  private final Map<String, KeepPlan> keep = new HashMap<>();

  private final Set<String> strangers = new HashSet<>();
  private final Map<String, QueueStatus> seen = new HashMap<>();
  private final Watchdog watchdog;
  private Consumer<String> whenLost = why -> {};
  private boolean lost;
  private long timer = -1;
  private Instant armed = Instant.MAX;
  private boolean tending;
  private boolean stopped;

  Upkeep(Parts parts, Dispatcher dispatcher, Clockwork clockwork, Callbacks callbacks) {
    this.parts = parts;
    this.dispatcher = dispatcher;
    this.clockwork = clockwork;
    this.callbacks = callbacks;
    this.watchdog = new Watchdog(parts, dispatcher);
    keepOf(parts.options());
  }

  private void keepOf(JobsOptions options) {
    options.queues().forEach((queue, terms) -> keep.put(queue, terms.keep()));
  }

  /**
   * Other options are in force.
   *
   * @param fresh lanes that there never were before
   */
  void configured(List<Lane> fresh) {
    keepOf(parts.options());
    fresh.forEach(this::show);
  }

  /** Who is told, once, when the store cannot be relied on any more. */
  void onLost(Consumer<String> listener) {
    whenLost = listener;
  }

  /** Begins; completes after a first look at the queues. */
  Future<Void> start() {
    dispatcher.lanes().forEach(this::show);
    watchdog.start();
    parts.vertx().setPeriodic(TICK_MILLIS, any -> tick());
    tend();
    return parts.store().queues().onSuccess(this::look).<Void>mapEmpty().otherwiseEmpty();
  }

  private void show(Lane lane) {
    for (JobState state : JobState.values()) {
      lane.meters.depth(state.label(), () -> status(lane.queue).count(state));
    }
    lane.meters.oldestReady(() -> status(lane.queue).oldestReady().toMillis() / 1e3);
  }

  private synchronized QueueStatus status(String queue) {
    return seen.getOrDefault(queue, new QueueStatus(queue, Mode.OPEN, Map.of(), 0, Duration.ZERO));
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
    if (!lost && parts.store().lost().isPresent()) {
      lost = true;
      whenLost.accept(parts.store().lost().get());
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
    watchdog.look(all);
    all.stream().filter(one -> dispatcher.lane(one.queue()).isEmpty()).forEach(this::stranger);
    strangers.removeIf(queue -> dispatcher.lane(queue).isPresent());
    // The store may not know a queue that never had a job: it is open.
    dispatcher.lanes().forEach(lane -> lane.sees(status(lane.queue).mode()));
  }

  /** Jobs wait in a queue that this node does not have: said once. */
  private void stranger(QueueStatus status) {
    long waiting =
        status.count(JobState.SCHEDULED)
            + status.count(JobState.QUEUED)
            + status.count(JobState.RETRYING);
    if (waiting > 0 && strangers.add(status.queue())) {
      LOG.warn(
          "jobs: queue {} is not configured here; {} of its jobs wait until it is again",
          status.queue(),
          waiting);
    }
  }

  JobsHealth health() {
    List<String> troubles = new ArrayList<>();
    parts.store().trouble().ifPresent(troubles::add);
    troubles.addAll(watchdog.troubles());
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
      dispatcher.laneEver(queue).ifPresent(lane -> lane.meters.dead("poison"));
      LOG.error("job {} of {}: is dead: it killed whoever ran it", dead.status().id(), queue);
      dispatcher.buried(queue, dead.status().id(), "poison");
    }
  }

  KeepPlan keep(String queue) {
    return keep.getOrDefault(queue, KeepPlan.DEFAULTS);
  }
}
