package io.tidegate.worker.run;

import io.tidegate.worker.api.JobBatch;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobNotice;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobProgress;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsHealth;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.ScheduleStatus;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Everything that can be asked of the jobs of this node. Confined to one context. */
public final class Engine implements Jobs {
  private final Parts parts;
  private final Dispatcher dispatcher;
  private final Admission admission;
  private final Watchers watchers;
  private final Clockwork clockwork;
  private final Callbacks callbacks;
  private final Upkeep upkeep;

  public Engine(Parts parts) {
    this.parts = parts;
    this.dispatcher = new Dispatcher(parts);
    this.admission = new Admission(parts, dispatcher);
    this.watchers = new Watchers(parts.vertx(), parts.store());
    this.clockwork = new Clockwork(parts, admission::submit);
    this.callbacks = new Callbacks(parts, admission::submit);
    this.upkeep = new Upkeep(parts, dispatcher, clockwork, callbacks);
    dispatcher.onDue(upkeep::due);
  }

  /** Begins to take jobs. The store is open. */
  public Future<Void> start() {
    parts.store().onChange(changes -> parts.context().runOnContext(any -> changed(changes)));
    parts.store().onElsewhere(changes -> parts.context().runOnContext(any -> elsewhere(changes)));
    dispatcher.start();
    Future<Void> told =
        upkeep.start().compose(any -> WorkerBus.onProgress(parts.vertx(), this::progressed));
    if (!parts.store().shared()) {
      return told.compose(hears -> WorkerBus.onBeat(parts.vertx(), dispatcher::beat));
    }
    return Future.all(
            told,
            WorkerBus.onBeat(parts.vertx(), dispatcher::beat),
            WorkerBus.onReady(parts.vertx(), queue -> dispatcher.lane(queue).ifPresent(Lane::wake)),
            // What other nodes did: those who wait here have to hear of it.
            WorkerBus.onChange(parts.vertx(), this::heard))
        .mapEmpty();
  }

  /**
   * Works on other terms from now on. Jobs of a queue that is gone stay where they are; what runs
   * goes on as it began.
   */
  public void configure(JobsOptions next) {
    clockwork.configure(parts.options(), next);
    parts.settings().change(next);
    upkeep.configured(dispatcher.configure(next));
  }

  /** Who is told, once, when the store cannot be relied on any more. Before the start. */
  public void onLost(Consumer<String> listener) {
    upkeep.onLost(listener);
  }

  /** Takes no more jobs, lets those that run end, and gives back what does not end in time. */
  public Future<Void> stop() {
    upkeep.stop();
    // Without a store no end can be written down: there is nothing to wait for.
    boolean lost = parts.store().lost().isPresent();
    return dispatcher.stop(lost ? Duration.ZERO : parts.options().grace());
  }

  private void progressed(Lease lease, JobProgress progress) {
    if (dispatcher.progressed(lease, progress)) {
      watchers.changed(lease.id());
    }
  }

  private void heard(JobNotice notice) {
    notice.changes().forEach(change -> watchers.changed(change.id()));
  }

  /** Another node changed jobs, and counted that: here it is only a reason to look. */
  private void elsewhere(List<Change> changes) {
    Set<String> ready = new HashSet<>(2);
    for (Change change : changes) {
      watchers.changed(change.id());
      if (change.state() == JobState.QUEUED || change.state().terminal()) {
        ready.add(change.queue());
      }
    }
    ready.forEach(queue -> dispatcher.lane(queue).ifPresent(Lane::wake));
  }

  private void changed(List<Change> changes) {
    Set<String> ready = new HashSet<>(2);
    for (Change change : changes) {
      watchers.changed(change.id());
      JobState state = change.state();
      if (state == JobState.QUEUED) {
        ready.add(change.queue());
      } else if (state.terminal()) {
        dispatcher.laneEver(change.queue()).ifPresent(lane -> lane.meters.finished(state.label()));
        if (parts.store().shared()) {
          ready.add(change.queue()); // The next one of its group may go.
        }
      }
    }
    ready.forEach(queue -> dispatcher.lane(queue).ifPresent(Lane::wake));
    if (parts.store().shared()) {
      ready.forEach(queue -> WorkerBus.ready(parts.vertx(), queue));
    }
    WorkerBus.publish(parts.vertx(), new JobNotice(changes));
  }

  @Override
  public Future<Submission> submit(JobRequest request) {
    return admission.submit(request).onSuccess(any -> soon(request));
  }

  /** A delayed job may be due before anything else. */
  private void soon(JobRequest request) {
    request.terms().runAt().ifPresent(upkeep::due);
  }

  @Override
  public Future<List<Submission>> submitAll(JobBatch batch) {
    return admission.submitAll(batch).onSuccess(any -> batch.requests().forEach(this::soon));
  }

  @Override
  public Future<Submission> submitRunning(JobRequest request) {
    return admission.submitRunning(request);
  }

  @Override
  public Future<Boolean> enter(JobId id, String queue, String route) {
    return dispatcher.enter(id, queue, route);
  }

  @Override
  public void leave(JobId id) {
    dispatcher.leave(id);
  }

  @Override
  public Future<Boolean> finish(Lease lease, Outcome outcome) {
    return dispatcher.finish(lease, outcome);
  }

  @Override
  public Future<JobLookup> get(JobId id, long beyond, Duration most) {
    return watchers.get(id, beyond, most).map(this::withProgress);
  }

  private JobLookup withProgress(JobLookup lookup) {
    return lookup instanceof JobLookup.Found found && found.status().state() == JobState.RUNNING
        ? new JobLookup.Found(found.status(), dispatcher.progress(found.status().id()))
        : lookup;
  }

  @Override
  public Future<JobOutput> output(JobId id) {
    return parts.store().output(id);
  }

  @Override
  public Future<Optional<JobCall>> input(JobId id) {
    return parts.store().input(id);
  }

  @Override
  public Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit) {
    return parts.store().list(filter, after, Math.max(1, Math.min(JobPage.MAX_SIZE, limit)));
  }

  @Override
  public Future<JobChange> cancel(JobId id) {
    return parts
        .store()
        .get(id)
        .compose(found -> parts.store().cancel(id, keep(found)))
        .onSuccess(
            change -> {
              if (change instanceof JobChange.Requested) {
                dispatcher.canceled(id);
              }
            });
  }

  private Duration keep(JobLookup found) {
    String queue = found instanceof JobLookup.Found known ? known.status().queue() : "";
    return upkeep.keep(queue).results();
  }

  @Override
  public Future<JobChange> retry(JobId id) {
    return parts
        .store()
        .get(id)
        .compose(found -> parts.store().requeue(id, deadline(found)))
        .onSuccess(
            change -> {
              if (change instanceof JobChange.Done done) {
                requeued(done.status().queue(), 1);
              }
            });
  }

  private Duration deadline(JobLookup found) {
    String queue = found instanceof JobLookup.Found known ? known.status().queue() : "";
    return options(queue).deadline();
  }

  private QueueOptions options(String queue) {
    return parts.options().queues().getOrDefault(queue, QueueOptions.DEFAULTS);
  }

  private void requeued(String queue, int jobs) {
    dispatcher.lane(queue).ifPresent(lane -> lane.meters.requeued(jobs));
  }

  @Override
  public Future<JobChange> delete(JobId id) {
    return parts.store().delete(id);
  }

  @Override
  public Future<Integer> requeue(JobFilter filter, int limit, boolean dryRun) {
    String queue = filter.queue().orElse("");
    return parts
        .store()
        .requeueAll(filter, options(queue).deadline(), Math.max(1, Math.min(10_000, limit)), dryRun)
        .onSuccess(jobs -> requeued(queue, dryRun ? 0 : jobs));
  }

  @Override
  public Future<Integer> purgeDead(String queue, int limit) {
    return parts.store().purgeDead(queue, Math.max(1, Math.min(10_000, limit)));
  }

  @Override
  public Future<Void> mode(String queue, Mode mode) {
    if (dispatcher.lane(queue).isEmpty()) {
      return Future.failedFuture("queue " + queue + " is not configured");
    }
    return parts
        .store()
        .mode(queue, mode)
        .onSuccess(
            any -> {
              dispatcher.lane(queue).ifPresent(lane -> lane.changed(mode));
              if (parts.store().shared()) {
                WorkerBus.ready(parts.vertx(), queue);
              }
            });
  }

  @Override
  public Future<List<QueueStatus>> queues() {
    return parts.store().queues().map(new Queues(dispatcher)::all);
  }

  @Override
  public Future<List<ScheduleStatus>> schedules() {
    return clockwork.statuses();
  }

  @Override
  public Future<Void> putSchedule(ScheduleOptions schedule) {
    if (clockwork.configured(schedule.queue(), schedule.name())) {
      return Future.failedFuture("schedule " + schedule.name() + " is a configured one");
    }
    if (dispatcher.lane(schedule.queue()).isEmpty()) {
      return Future.failedFuture("queue " + schedule.queue() + " is not configured");
    }
    return clockwork.put(schedule);
  }

  @Override
  public Future<Boolean> removeSchedule(String queue, String name) {
    return parts.store().removeSchedule(queue, name);
  }

  @Override
  public Future<JobsHealth> health() {
    return Future.succeededFuture(upkeep.health());
  }
}
