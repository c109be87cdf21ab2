package io.tidegate.worker.store.redis;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.store.Creation;
import io.tidegate.worker.store.Ending;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.LeaseAsk;
import io.tidegate.worker.store.Leased;
import io.tidegate.worker.store.NewJob;
import io.tidegate.worker.store.Scheduled;
import io.tidegate.worker.store.Tended;
import io.tidegate.worker.store.Untold;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Jobs in a Redis server that several nodes share. See the package. */
public final class RedisJobStore implements JobStore {
  private final Server server;
  private final Intake intake;
  private final Runs runs;
  private final Upkeep upkeep;
  private final Desk desk;
  private final Schedules schedules;

  public RedisJobStore(Vertx vertx, StoreOptions.Redis options, JobMeters meters) {
    this(vertx, options, meters, Optional.empty());
  }

  /**
   * @param clock decides what is due; empty: Redis' own does
   */
  RedisJobStore(
      Vertx vertx, StoreOptions.Redis options, JobMeters meters, Optional<InstantSource> clock) {
    server = new Server(vertx, options, meters, clock);
    Queues queues = new Queues(server);
    intake = new Intake(server, queues);
    runs = new Runs(server, queues);
    upkeep = new Upkeep(server, queues);
    desk = new Desk(server, queues);
    schedules = new Schedules(server, queues);
  }

  @Override
  public Future<Void> open() {
    return server.open();
  }

  @Override
  public Future<Void> close() {
    return server.close();
  }

  @Override
  public Durability durability() {
    return server.durability();
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public Optional<String> trouble() {
    return server.trouble();
  }

  /** Also told of other nodes' changes, as far as hints arrive. */
  @Override
  public void onChange(Consumer<List<Change>> listener) {
    server.onChange(listener);
  }

  /** All or none holds within a queue; of several queues each is looked at before any is filled. */
  @Override
  public Future<List<Creation>> create(List<NewJob> jobs, boolean atomic) {
    return server.at(() -> intake.create(jobs, atomic));
  }

  @Override
  public Future<List<Leased>> lease(LeaseAsk ask) {
    return server.at(() -> runs.lease(ask));
  }

  @Override
  public Future<List<Lease>> renew(List<Lease> leases, Duration lease) {
    return server.at(() -> runs.renew(leases, lease));
  }

  @Override
  public Future<Boolean> settle(Lease lease, Ending ending) {
    return server.at(() -> runs.settle(lease, ending));
  }

  @Override
  public Future<Integer> release(List<Lease> leases) {
    return server.at(() -> runs.release(leases));
  }

  @Override
  public Future<Tended> tend(int limit, Map<String, KeepPlan> keep) {
    return server.at(() -> upkeep.tend(limit, keep));
  }

  @Override
  public Future<JobLookup> get(JobId id) {
    return server.at(() -> desk.get(id));
  }

  @Override
  public Future<JobOutput> output(JobId id) {
    return server.at(() -> desk.output(id));
  }

  @Override
  public Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit) {
    return server.at(() -> desk.list(filter, after, limit));
  }

  @Override
  public Future<JobChange> cancel(JobId id, Duration keep) {
    return server.at(() -> desk.cancel(id, keep));
  }

  @Override
  public Future<JobChange> requeue(JobId id, Duration deadline) {
    return server.at(() -> desk.requeue(id, deadline));
  }

  @Override
  public Future<Integer> requeueAll(
      JobFilter filter, Duration deadline, int limit, boolean dryRun) {
    return server.at(() -> upkeep.requeueAll(filter, deadline, limit, dryRun));
  }

  @Override
  public Future<JobChange> delete(JobId id) {
    return server.at(() -> desk.delete(id));
  }

  @Override
  public Future<Integer> purgeDead(String queue, int limit) {
    return server.at(() -> upkeep.purgeDead(queue, limit));
  }

  @Override
  public Future<List<QueueStatus>> queues() {
    return server.at(upkeep::queues);
  }

  @Override
  public Future<Void> mode(String queue, Mode mode) {
    return server.at(() -> upkeep.mode(queue, mode));
  }

  @Override
  public Future<List<Untold>> untold(int limit) {
    return server.at(() -> upkeep.untold(limit));
  }

  @Override
  public Future<Void> told(JobId id, int generation) {
    return server.at(() -> upkeep.told(id, generation));
  }

  @Override
  public Future<List<Scheduled>> schedules() {
    return server.at(schedules::all);
  }

  @Override
  public Future<Void> putSchedule(ScheduleOptions schedule) {
    return server.at(() -> schedules.put(schedule));
  }

  @Override
  public Future<Boolean> removeSchedule(String queue, String name) {
    return server.at(() -> schedules.remove(queue, name));
  }

  @Override
  public Future<Void> fired(String queue, String name, Instant slot, Optional<JobId> job) {
    return server.at(() -> schedules.fired(queue, name, slot, job));
  }
}
