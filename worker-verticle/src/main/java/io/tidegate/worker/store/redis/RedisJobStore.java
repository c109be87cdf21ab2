package io.tidegate.worker.store.redis;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobCall;
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
import io.tidegate.worker.store.StoreUnavailable;
import io.tidegate.worker.store.Tended;
import io.tidegate.worker.store.Untold;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Jobs in a Redis server that several nodes share. See the package. */
public final class RedisJobStore implements JobStore {
  /** Everything there is while it is open. */
  private record Opened(
      Server server, Intake intake, Runs runs, Upkeep upkeep, Desk desk, Schedules schedules) {
    static Opened of(Server server) {
      Queues queues = new Queues(server);
      return new Opened(
          server,
          new Intake(server, queues),
          new Runs(server, queues),
          new Upkeep(server, queues),
          new Desk(server, queues),
          new Schedules(server, queues));
    }
  }

  private final StoreOptions.Redis options;
  private final JobMeters meters;
  private final Optional<InstantSource> clock;
  private volatile Consumer<List<Change>> here = changes -> {};
  private volatile Consumer<List<Change>> elsewhere = changes -> {};
  private volatile Opened opened;

  public RedisJobStore(StoreOptions.Redis options, JobMeters meters) {
    this(options, meters, Optional.empty());
  }

  /**
   * @param clock decides what is due; empty: Redis' own does
   */
  RedisJobStore(StoreOptions.Redis options, JobMeters meters, Optional<InstantSource> clock) {
    this.options = options;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public Future<Void> open() {
    Context caller = Vertx.currentContext();
    Promise<Void> answer = Promise.promise();
    // An event loop cannot be made on another one.
    Thread maker = new Thread(() -> make().onComplete(done -> Server.answer(caller, answer, done)));
    maker.start();
    return answer.future();
  }

  private Future<Void> make() {
    Hints.Listeners listeners =
        new Hints.Listeners(changes -> here.accept(changes), changes -> elsewhere.accept(changes));
    Server server = new Server(options, meters, clock, listeners);
    return server.open().onSuccess(any -> opened = Opened.of(server));
  }

  @Override
  public Future<Void> close() {
    Opened now = opened;
    return now == null ? Future.succeededFuture() : now.server.close();
  }

  private <T> Future<T> at(Function<Opened, Future<T>> step) {
    Opened now = opened;
    return now == null
        ? Future.failedFuture(new StoreUnavailable("redis: not open", null))
        : now.server.at(() -> step.apply(now));
  }

  @Override
  public Durability durability() {
    Opened now = opened;
    return now == null ? options.durability() : now.server.durability();
  }

  @Override
  public Optional<String> trouble() {
    Opened now = opened;
    return now == null ? Optional.of("store: redis: not open") : now.server.trouble();
  }

  @Override
  public boolean shared() {
    return true;
  }

  @Override
  public void onChange(Consumer<List<Change>> listener) {
    here = listener;
  }

  @Override
  public void onElsewhere(Consumer<List<Change>> listener) {
    elsewhere = listener;
  }

  /** All or none holds within a queue; of several queues each is looked at before any is filled. */
  @Override
  public Future<List<Creation>> create(List<NewJob> jobs, boolean atomic) {
    return at(now -> now.intake.create(jobs, atomic));
  }

  @Override
  public Future<List<Leased>> lease(LeaseAsk ask) {
    return at(now -> now.runs.lease(ask));
  }

  @Override
  public Future<List<Lease>> renew(List<Lease> leases, Duration lease) {
    return at(now -> now.runs.renew(leases, lease));
  }

  @Override
  public Future<Boolean> settle(Lease lease, Ending ending) {
    return at(now -> now.runs.settle(lease, ending));
  }

  @Override
  public Future<Integer> release(List<Lease> leases) {
    return at(now -> now.runs.release(leases));
  }

  @Override
  public Future<Tended> tend(int limit, Map<String, KeepPlan> keep) {
    return at(now -> now.upkeep.tend(limit, keep));
  }

  @Override
  public Future<JobLookup> get(JobId id) {
    return at(now -> now.desk.get(id));
  }

  @Override
  public Future<JobOutput> output(JobId id) {
    return at(now -> now.desk.output(id));
  }

  @Override
  public Future<Optional<JobCall>> input(JobId id) {
    return at(now -> now.desk.input(id));
  }

  @Override
  public Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit) {
    return at(now -> now.desk.list(filter, after, limit));
  }

  @Override
  public Future<JobChange> cancel(JobId id, Duration keep) {
    return at(now -> now.desk.cancel(id, keep));
  }

  @Override
  public Future<JobChange> requeue(JobId id, Duration deadline) {
    return at(now -> now.desk.requeue(id, deadline));
  }

  @Override
  public Future<Integer> requeueAll(
      JobFilter filter, Duration deadline, int limit, boolean dryRun) {
    return at(now -> now.upkeep.requeueAll(filter, deadline, limit, dryRun));
  }

  @Override
  public Future<JobChange> delete(JobId id) {
    return at(now -> now.desk.delete(id));
  }

  @Override
  public Future<Integer> purgeDead(String queue, int limit) {
    return at(now -> now.upkeep.purgeDead(queue, limit));
  }

  @Override
  public Future<List<QueueStatus>> queues() {
    return at(now -> now.upkeep.queues());
  }

  @Override
  public Future<Void> mode(String queue, Mode mode) {
    return at(now -> now.upkeep.mode(queue, mode));
  }

  @Override
  public Future<List<Untold>> untold(int limit) {
    return at(now -> now.upkeep.untold(limit));
  }

  @Override
  public Future<Void> told(JobId id, int generation) {
    return at(now -> now.upkeep.told(id, generation));
  }

  @Override
  public Future<List<Scheduled>> schedules() {
    return at(now -> now.schedules.all());
  }

  @Override
  public Future<Void> putSchedule(ScheduleOptions schedule) {
    return at(now -> now.schedules.put(schedule));
  }

  @Override
  public Future<Boolean> removeSchedule(String queue, String name) {
    return at(now -> now.schedules.remove(queue, name));
  }

  @Override
  public Future<Void> fired(String queue, String name, Instant slot, Optional<JobId> job) {
    return at(now -> now.schedules.fired(queue, name, slot, job));
  }
}
