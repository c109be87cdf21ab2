package io.tidegate.worker.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that is known of a job but its request and result.
 *
 * @param version grows with every visible change
 * @param generation how often an operator has put it back
 * @param counters what its runs came to, since the last requeue
 * @param cancelRequested it is running and has been told to stop
 * @param attempts the last ten runs of all generations, oldest first
 */
public record JobStatus(
    JobId id,
    JobState state,
    String queue,
    String route,
    String tenant,
    String group,
    int priority,
    long version,
    int generation,
    Counters counters,
    Times times,
    boolean cancelRequested,
    Optional<JobError> lastError,
    List<JobAttempt> attempts) {

  public JobStatus {
    attempts = List.copyOf(attempts);
  }

  /**
   * Runs, by how they ended.
   *
   * @param attempts runs that failed and count against {@code maxAttempts}
   * @param deliveries runs that were started
   * @param crashes runs whose runner died or lost its lease
   * @param soloCrashes those of them while it was alone in quarantine
   * @param deferrals runs that were put off at no fault of the job
   */
  public record Counters(
      int attempts, int maxAttempts, int deliveries, int crashes, int soloCrashes, int deferrals) {}

  /**
   * When.
   *
   * @param runAt when it was or is to be ready
   * @param started of the last run
   * @param expires when it will be forgotten, once it is over
   */
  public record Times(
      Instant created,
      Instant runAt,
      Instant deadline,
      Optional<Instant> started,
      Optional<Instant> finished,
      Optional<Instant> expires) {}
}
