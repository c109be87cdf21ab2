package io.tidegate.worker.store.sqlite;

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
import io.tidegate.worker.store.sqlite.Writer.Kind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Jobs in a SQLite file of this node. See the package. */
public final class SqliteStore implements JobStore {
  private final Vertx vertx;
  private final StoreOptions.Embedded options;
  private final InstantSource clock;
  private final JobMeters meters;
  private final Failpoints failpoints;
  private volatile Opened opened;
  private Consumer<List<Change>> listener = changes -> {};
  private volatile Predicate<Lease> holder = lease -> false;

  public SqliteStore(Vertx vertx, StoreOptions.Embedded options, JobMeters meters) {
    this(vertx, options, meters, InstantSource.system(), Failpoints.NONE);
  }

  /**
   * @param clock decides what is due
   * @param failpoints where a test may step in
   */
  public SqliteStore(
      Vertx vertx,
      StoreOptions.Embedded options,
      JobMeters meters,
      InstantSource clock,
      Failpoints failpoints) {
    this.vertx = vertx;
    this.options = options;
    this.meters = meters;
    this.clock = clock;
    this.failpoints = failpoints;
  }

  @Override
  public Future<Void> open() {
    return vertx.executeBlocking(
        () -> {
          Opened now = Opened.open(vertx, options, meters, clock, failpoints);
          now.writer.listener(listener);
          opened = now;
          return null;
        });
  }

  @Override
  public Future<Void> close() {
    Opened before = opened;
    opened = null;
    return before == null
        ? Future.succeededFuture()
        : vertx.executeBlocking(
            () -> {
              before.close();
              return null;
            });
  }

  private <T> Future<T> write(Kind kind, Writer.Step<T> step) {
    Opened now = opened;
    return now == null ? closed() : now.writer.submit(kind, step);
  }

  private <T> Future<T> read(Readers.Read<T> read) {
    Opened now = opened;
    return now == null ? closed() : now.readers.submit(read);
  }

  private static <T> Future<T> closed() {
    return Future.failedFuture(new StoreUnavailable("closed", null));
  }

  @Override
  public Durability durability() {
    return Durability.FSYNC;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public Optional<String> trouble() {
    Opened now = opened;
    if (now == null) {
      return Optional.of("store: closed");
    }
    String broken = now.writer.trouble();
    return broken == null && now.writer.diskLow()
        ? Optional.of("disk: less is free than is to be left")
        : Optional.ofNullable(broken);
  }

  @Override
  public Optional<String> lost() {
    Opened now = opened;
    return now == null ? Optional.empty() : Optional.ofNullable(now.writer.trouble());
  }

  @Override
  public void onChange(Consumer<List<Change>> newListener) {
    listener = newListener;
    Opened now = opened;
    if (now != null) {
      now.writer.listener(newListener);
    }
  }

  @Override
  public void holder(Predicate<Lease> newHolder) {
    holder = newHolder;
  }

  @Override
  public Future<List<Creation>> create(List<NewJob> jobs, boolean atomic) {
    Opened now = opened;
    return now == null
        ? closed()
        : now.writer.submit(
            Kind.ADMISSION, ledger -> new Create(ledger, now.writer.diskLow()).all(jobs, atomic));
  }

  @Override
  public Future<List<Leased>> lease(LeaseAsk ask) {
    return write(Kind.SOFT, ledger -> Leasing.lease(ledger, ask));
  }

  @Override
  public Future<List<Lease>> renew(List<Lease> leases, Duration lease) {
    return write(Kind.SOFT, ledger -> Leasing.renew(ledger, leases, lease));
  }

  @Override
  public Future<Boolean> settle(Lease lease, Ending ending) {
    return write(Kind.DURABLE, ledger -> Settle.settle(ledger, lease, ending));
  }

  @Override
  public Future<Integer> release(List<Lease> leases) {
    return write(Kind.SOFT, ledger -> Settle.release(ledger, leases));
  }

  @Override
  public Future<Tended> tend(int limit, Map<String, KeepPlan> keep) {
    return write(Kind.DURABLE, ledger -> new Tend(ledger, limit, keep, holder).all());
  }

  @Override
  public Future<JobLookup> get(JobId id) {
    return read(reading -> new Statuses(reading.sql, reading.names).get(id));
  }

  @Override
  public Future<JobOutput> output(JobId id) {
    return read(reading -> new Statuses(reading.sql, reading.names).output(id));
  }

  @Override
  public Future<Optional<JobCall>> input(JobId id) {
    return read(reading -> Overview.input(reading, id));
  }

  @Override
  public Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit) {
    return read(reading -> new Listing(reading.sql, reading.names).list(filter, after, limit));
  }

  @Override
  public Future<JobChange> cancel(JobId id, Duration keep) {
    return write(Kind.DURABLE, ledger -> new Changing(ledger).cancel(id, keep));
  }

  @Override
  public Future<JobChange> requeue(JobId id, Duration deadline) {
    return write(Kind.DURABLE, ledger -> new Changing(ledger).requeue(id, deadline));
  }

  @Override
  public Future<Integer> requeueAll(
      JobFilter filter, Duration deadline, int limit, boolean dryRun) {
    return write(
        Kind.DURABLE, ledger -> new Changing(ledger).requeueAll(filter, deadline, limit, dryRun));
  }

  @Override
  public Future<JobChange> delete(JobId id) {
    return write(Kind.DURABLE, ledger -> new Changing(ledger).delete(id));
  }

  @Override
  public Future<Integer> purgeDead(String queue, int limit) {
    return write(Kind.DURABLE, ledger -> new Changing(ledger).purgeDead(queue, limit));
  }

  @Override
  public Future<List<QueueStatus>> queues() {
    return read(reading -> Overview.queues(reading, clock.millis()));
  }

  @Override
  public Future<Void> mode(String queue, Mode mode) {
    return write(
        Kind.DURABLE,
        ledger -> {
          ledger.mode(ledger.names.number(ledger.sql, queue), mode);
          return null;
        });
  }

  @Override
  public Future<List<Untold>> untold(int limit) {
    return read(reading -> Overview.untold(reading, limit));
  }

  @Override
  public Future<Void> told(JobId id, int generation) {
    return write(
        Kind.DURABLE,
        ledger -> {
          ledger.sql.update(
              "UPDATE job SET untold=NULL WHERE hi=? AND lo=? AND generation=?",
              id.high(),
              id.low(),
              generation);
          return null;
        });
  }

  @Override
  public Future<List<Scheduled>> schedules() {
    return read(Overview::schedules);
  }

  @Override
  public Future<Void> putSchedule(ScheduleOptions schedule) {
    return write(Kind.DURABLE, ledger -> Schedules.put(ledger, schedule));
  }

  @Override
  public Future<Boolean> removeSchedule(String queue, String name) {
    return write(Kind.DURABLE, ledger -> Schedules.remove(ledger, queue, name));
  }

  @Override
  public Future<Void> fired(String queue, String name, Instant slot, Optional<JobId> job) {
    return write(Kind.DURABLE, ledger -> Schedules.fired(ledger, queue, name, slot, job));
  }
}
