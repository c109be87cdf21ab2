package io.tidegate.worker.store;

import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobNotice;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.ScheduleOptions;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Keeps jobs. Each method is one atomic step: it happens as a whole or not at all, also when the
 * process dies in it. A job is {@code RUNNING} if and only if it has a lease, and whoever writes to
 * a running job shows its lease's token: with any but the latest nothing is written.
 *
 * <p>Transitions are numbered as in the documentation of states (T1 to T14). Each one raises the
 * job's version by one and is reported to {@link #onChange}. The store's own clock decides what is
 * due.
 *
 * <p>What completes with a terminal state, a new job or an operator's change is as durable as
 * {@link #durability} says before the future completes; leases and what T2, T8 and T9 do may be
 * lost with the power: that only makes a job run again.
 *
 * <p>Safe for all threads; nothing blocks. Futures complete on the caller's context when it is one
 * of Vert.x. They fail with {@link StoreUnavailable} when the store is out of reach, overloaded,
 * broken or closed.
 */
public interface JobStore {
  /** A crash count from which a job is suspected to kill its runner (T8). */
  int SUSPECT_CRASHES = 2;

  /** A count of crashes while alone from which it is found guilty (T8). */
  int POISON_CRASHES = 2;

  /** Runs that are remembered of each job. */
  int LOGGED_ATTEMPTS = 10;

  /** How long at least an idempotency key is kept, and a forgotten job's id known. */
  Duration REMEMBERED = Duration.ofHours(24);

  /**
   * Gets ready: what an earlier process of the same owner left running is taken from it (T8). Fails
   * when the store cannot be used; then nothing is left open.
   */
  Future<Void> open();

  /** Writes out what is left and lets go of everything. Leases are not released by this. */
  Future<Void> close();

  Durability durability();

  /** Other nodes work on the same jobs. */
  boolean shared();

  /** What is wrong with it, beginning with a word for machines; empty: nothing. */
  Optional<String> trouble();

  /**
   * Why this process cannot rely on the store any more, however long it waits; empty: it can. Then
   * only another process can: this one should end.
   */
  default Optional<String> lost() {
    return Optional.empty();
  }

  /**
   * Who is told of changes, after they are durable, in their order. One listener; on any thread; it
   * does not block.
   */
  void onChange(Consumer<List<JobNotice.Change>> listener);

  /**
   * Who is told of changes that other nodes made, as far as they are heard of: what is lost is
   * found by looking. One listener; on any thread; it does not block. Where nothing is shared
   * nothing is told.
   */
  default void onElsewhere(Consumer<List<JobNotice.Change>> listener) {}

  /**
   * Who knows which leases this node holds. Where nothing is shared nobody else can have been given
   * their jobs, so none of them runs out: neither while the whole process was stopped nor because
   * the clock was set. Elsewhere it is not asked.
   *
   * @param holder answers on any thread, and does not block
   */
  default void holder(Predicate<Lease> holder) {}

  /**
   * T1. A known id, or a known key with the same fingerprint, is answered with the job that is
   * there; a known key with another fingerprint is refused. Queue full and draining are refused
   * here, since only the store can count.
   *
   * @param atomic all or none
   * @return answers in the order of the jobs
   */
  Future<List<Creation>> create(List<NewJob> jobs, boolean atomic);

  /**
   * T3. Takes ready jobs of a queue, in the order of their rank (see {@link NewJob#aging}), then of
   * acceptance. Of a group only the oldest job that is queued, retrying or running counts as ready.
   * A queue that is paused has no ready jobs.
   */
  Future<List<Leased>> lease(LeaseAsk ask);

  /**
   * Holds leases for longer.
   *
   * @return those that are no longer held: expired and taken away, or canceled
   */
  Future<List<Lease>> renew(List<Lease> leases, Duration lease);

  /**
   * T4 to T7 and T10: ends a run.
   *
   * @return false when the lease is no longer held, and nothing was written
   */
  Future<Boolean> settle(Lease lease, Ending ending);

  /**
   * T9: gives jobs back that were not run to their end.
   *
   * @return how many of the leases were still held
   */
  Future<Integer> release(List<Lease> leases);

  /**
   * T2, T8, T12, T14: what time brings. To be called at least each second, and at {@link
   * Tended#next}.
   *
   * @param limit of each kind of change, so that no step takes long
   * @param keep how much of what is over is kept, by queue; {@link KeepPlan#DEFAULTS} for others
   */
  Future<Tended> tend(int limit, Map<String, KeepPlan> keep);

  Future<JobLookup> get(JobId id);

  Future<JobOutput> output(JobId id);

  /** What it is to do; empty when there is no such job. */
  Future<Optional<JobCall>> input(JobId id);

  /**
   * Jobs by id, the latest first, without their attempts.
   *
   * @param after the last one of the page before
   * @param limit 1 to {@value JobPage#MAX_SIZE}
   */
  Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit);

  /**
   * T11. A running job is canceled at once: its lease is void, {@link JobChange.Requested} says
   * that its run has still to be aborted. A canceled one is {@link JobChange.Done}, any other
   * terminal one a {@link JobChange.Conflict}.
   *
   * @param keep how long it is kept then
   */
  Future<JobChange> cancel(JobId id, Duration keep);

  /** T13. A conflict unless it is failed, dead, canceled or expired. */
  Future<JobChange> requeue(JobId id, Duration deadline);

  /**
   * T13 for all that fit, oldest first; states of the filter that cannot be requeued do not fit,
   * and none means dead.
   *
   * @param deadline how long they have from now on
   * @param limit 1 to 10000
   * @param dryRun only count
   */
  Future<Integer> requeueAll(JobFilter filter, Duration deadline, int limit, boolean dryRun);

  /** T14 by hand. A conflict unless it is over. */
  Future<JobChange> delete(JobId id);

  /** T14 for dead jobs of a queue, oldest first. */
  Future<Integer> purgeDead(String queue, int limit);

  /** Every queue that has a mode other than open, or jobs; {@code running} is left zero. */
  Future<List<QueueStatus>> queues();

  Future<Void> mode(String queue, Mode mode);

  /**
   * Ends that have still to be told to a callback. Each comes again until {@link #told}.
   *
   * @param limit at most so many, the oldest first
   */
  Future<List<Untold>> untold(int limit);

  /** The callback of such an end is taken care of. */
  Future<Void> told(JobId id, int generation);

  /** Schedules that were put here, and how far those and all others are. */
  Future<List<Scheduled>> schedules();

  Future<Void> putSchedule(ScheduleOptions schedule);

  /** Whether there was one. */
  Future<Boolean> removeSchedule(String queue, String name);

  /**
   * A due time of a schedule has been seen to. An earlier time than is known already changes
   * nothing.
   *
   * @param job that it made; empty when it was left out
   */
  Future<Void> fired(String queue, String name, Instant slot, Optional<JobId> job);
}
