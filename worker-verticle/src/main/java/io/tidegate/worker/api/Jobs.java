package io.tidegate.worker.api;

import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.Submission.Accepted;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be asked of the jobs. Futures complete on the caller's context. What is
 * expected, as a full queue, is a value; a future fails only when the engine is out of reach or
 * broken.
 */
public interface Jobs {
  /** Accepts a job (T1). Completes after it is as durable as the answer says. */
  Future<Submission> submit(JobRequest request);

  /** Accepts several, in one commit; answers are in the order of the wishes. */
  Future<List<Submission>> submitAll(JobBatch batch);

  /**
   * Asks for a place of a queue for a run that is to begin at the caller at once, before there is a
   * job: it counts in the queue's concurrency and rate. The place is given back by {@link #leave},
   * or becomes that of the job when {@link #submitRunning} is asked with the same id; after the
   * queue's timeout it is taken back.
   *
   * @return whether there is one: not when the queue is full, paused, drains, gathers jobs, has a
   *     handler of its own or waits for the route's upstream, nor when the worker is another node's
   */
  Future<Boolean> enter(JobId id, String queue, String route);

  /** Gives back a place that {@link #enter} gave; without an answer. */
  void leave(JobId id);

  /**
   * Accepts a job whose first run is under way at the caller, who then has to {@link #finish} it,
   * and gets its lease for that. The engine renews the lease until then, but no longer than the
   * queue's timeout: then the run counts as failed. Should this node die, another run is made.
   */
  Future<Submission> submitRunning(JobRequest request);

  /**
   * Says how a run ended that {@link #submitRunning} began.
   *
   * @return whether it counts: false when the lease was lost meanwhile, as by cancellation
   */
  Future<Boolean> finish(Lease lease, Outcome outcome);

  /**
   * Makes a job of a call that is under way: no second call is made unless the node dies or the
   * outcome says so.
   *
   * @param running ends with the call; a failure counts as a failed attempt
   * @return as {@link #submit}, before {@code running} ends. When the answer is a replay or a
   *     refusal, the call belongs to no job
   */
  default Future<Submission> adopt(JobRequest request, Future<Outcome> running) {
    return submitRunning(request)
        .onSuccess(
            answer -> {
              if (answer instanceof Accepted accepted && accepted.lease().isPresent()) {
                Lease lease = accepted.lease().get();
                running
                    .otherwise(
                        failure -> Outcome.retry("error", String.valueOf(failure.getMessage())))
                    .compose(outcome -> finish(lease, outcome));
              }
            });
  }

  /** How far a job is. */
  default Future<JobLookup> get(JobId id) {
    return get(id, Long.MAX_VALUE, Duration.ZERO);
  }

  /**
   * How far a job is, once it is beyond a version; whatever it is after a while.
   *
   * @param beyond the version that the caller knows; answers at once when the job has another
   * @param most at most a minute
   */
  Future<JobLookup> get(JobId id, long beyond, Duration most);

  /** What came of a job. */
  Future<JobOutput> output(JobId id);

  /**
   * Some jobs, the latest first.
   *
   * @param after where the page before ended
   * @param limit 1 to {@value JobPage#MAX_SIZE}
   */
  Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit);

  /** What a job is to do, as it came, credentials included; empty when there is no such job. */
  Future<Optional<JobCall>> input(JobId id);

  /** Cancels a job (T11). */
  Future<JobChange> cancel(JobId id);

  /** Puts a job that is over, and did not succeed, back into its queue (T13). */
  Future<JobChange> retry(JobId id);

  /** Forgets a job that is over (T14). */
  Future<JobChange> delete(JobId id);

  /**
   * Puts all dead, failed, canceled or expired jobs back that fit, oldest first.
   *
   * @param filter its states should be some of those; none: dead
   * @param limit at most so many, up to 10000
   * @param dryRun only count them
   * @return how many
   */
  Future<Integer> requeue(JobFilter filter, int limit, boolean dryRun);

  /**
   * Forgets dead jobs of a queue, oldest first.
   *
   * @param limit at most so many, up to 10000
   * @return how many
   */
  Future<Integer> purgeDead(String queue, int limit);

  /** Opens, pauses or drains a queue; remembered over restarts. */
  Future<Void> mode(String queue, Mode mode);

  /** All queues. */
  Future<List<QueueStatus>> queues();

  /** All schedules. */
  Future<List<ScheduleStatus>> schedules();

  /** Adds or replaces a schedule that is not configured. Fails when one of that name is. */
  Future<Void> putSchedule(ScheduleOptions schedule);

  /**
   * Removes a schedule that is not configured.
   *
   * @return whether there was one
   */
  Future<Boolean> removeSchedule(String queue, String name);

  /** Whether this node does its jobs as it should. */
  Future<JobsHealth> health();
}
