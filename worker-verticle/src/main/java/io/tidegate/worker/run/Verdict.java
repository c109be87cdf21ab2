package io.tidegate.worker.run;

import io.tidegate.worker.api.JobAttempt;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.store.Ending;
import io.tidegate.worker.store.Leased;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What an outcome makes of a job: T4 to T7 and T10. Pure. */
final class Verdict {
  /** A deferral without a time would be tried again at once, and for ever. */
  private static final Duration LEAST_DEFERRAL = Duration.ofMillis(100);

  /** The most that a job waits before it asks again whether it is its turn. */
  private static final Duration MOST_TURN = Duration.ofMinutes(1);

  private Verdict() {}

  /** The label of an outcome, in metrics and attempts. */
  static String label(Outcome outcome) {
    if (outcome instanceof Outcome.Succeeded) {
      return "succeeded";
    }
    if (outcome instanceof Outcome.Failed) {
      return "failed";
    }
    if (outcome instanceof Outcome.Retry) {
      return "retry";
    }
    return outcome instanceof Outcome.Deferred ? "deferred" : "released";
  }

  /**
   * @param outcome any but released, which is not an end
   * @param chance from 0 to below 1
   */
  static Ending of(
      Leased job,
      Outcome outcome,
      QueueOptions queue,
      Instant started,
      Instant now,
      double chance) {
    if (outcome instanceof Outcome.Succeeded succeeded) {
      JobResult result = succeeded.result();
      JobAttempt attempt = attempt(job, outcome, started, now, result.status(), Optional.empty());
      return over(JobState.SUCCEEDED, 0, Optional.empty(), Optional.of(result), attempt, queue);
    }
    if (outcome instanceof Outcome.Failed failed) {
      JobError error = failed.error();
      JobAttempt attempt = attempt(job, outcome, started, now, error.status(), Optional.of(error));
      return over(JobState.FAILED, 1, Optional.of(error), failed.result(), attempt, queue);
    }
    if (outcome instanceof Outcome.Retry retry) {
      return retry(job, retry, queue, started, now, chance);
    }
    if (outcome instanceof Outcome.Deferred deferred) {
      JobError error = deferred.error();
      Duration after = longer(deferred.after(), LEAST_DEFERRAL);
      if (deferred.alone()) {
        Duration turn = queue.retry().backoff().after(job.counters().deferrals() + 1, chance);
        after = longer(after, turn.compareTo(MOST_TURN) > 0 ? MOST_TURN : turn);
      }
      return new Ending(
          JobState.RETRYING,
          0,
          1,
          now.plus(after),
          Optional.of(error),
          Optional.empty(),
          attempt(job, outcome, started, now, error.status(), Optional.of(error)),
          queue.keep().results());
    }
    throw new AssertionError("unhandled outcome: " + outcome);
  }

  private static Ending retry(
      Leased job,
      Outcome.Retry retry,
      QueueOptions queue,
      Instant started,
      Instant now,
      double chance) {
    int attempts = job.counters().attempts() + 1;
    Duration wait = queue.retry().backoff().after(attempts, chance);
    Instant next = now.plus(longer(wait, retry.after().orElse(Duration.ZERO)));
    Optional<JobError> error = Optional.of(retry.error());
    JobAttempt attempt = attempt(job, retry, started, now, retry.error().status(), error);
    if (attempts >= job.counters().maxAttempts() || next.isAfter(job.deadline())) {
      return over(JobState.DEAD, 1, error, retry.result(), attempt, queue);
    }
    return new Ending(
        JobState.RETRYING, 1, 0, next, error, Optional.empty(), attempt, queue.keep().results());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Ending over(
      JobState to,
      int attempts,
      Optional<JobError> error,
      Optional<JobResult> result,
      JobAttempt attempt,
      QueueOptions queue) {
    Duration keep = to == JobState.DEAD ? queue.keep().dead() : queue.keep().results();
    return new Ending(to, attempts, 0, Instant.EPOCH, error, result, attempt, keep);
  }

  private static JobAttempt attempt(
      Leased job,
      Outcome outcome,
      Instant started,
      Instant now,
      int status,
      Optional<JobError> error) {
    Duration took = Duration.between(started, now);
    return new JobAttempt(
        job.counters().deliveries(),
        started,
        took.isNegative() ? Duration.ZERO : took,
        label(outcome),
        status,
        error);
  }
}
