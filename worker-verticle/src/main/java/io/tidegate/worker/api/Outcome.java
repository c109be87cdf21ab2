package io.tidegate.worker.api;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Every way a run of a job can end. */
public sealed interface Outcome {
  /** Done (T4). */
  record Succeeded(JobResult result) implements Outcome {}

  /** The answer is definitive and negative: no other run would change it (T5). */
  record Failed(JobError error, Optional<JobResult> result) implements Outcome {}

  /**
   * Another run may succeed (T6, T7). Costs one attempt.
   *
   * @param after the least time to wait, as from Retry-After; the backoff wins when it is longer
   */
  record Retry(JobError error, Optional<JobResult> result, Optional<Duration> after)
      implements Outcome {}

  /**
   * It could not be tried now, which is nobody's fault: breaker open, rate limit, upstream asked to
   * wait (T10). Costs no attempt; further jobs of the same route wait too, and are then tried one
   * by one before the usual pace is taken up again.
   *
   * @param after how long to wait
   * @param alone others of its route do not wait for it: the reason is the job's own. It waits the
   *     longer the more often that happens
   */
  record Deferred(JobError error, Duration after, boolean alone) implements Outcome {
    /** What holds for the job holds for its route. */
    public Deferred(JobError error, Duration after) {
      this(error, after, false);
    }
  }

  /** The handler gives it back unfinished, as when it stops (T9). Counts as nothing. */
  record Released() implements Outcome {}

  /** Whatever the answer, it would be the wish to try again. */
  static Outcome retry(String type, String message) {
    return new Retry(new JobError(type, 0, message), Optional.empty(), Optional.empty());
  }

  /** Statuses worth another run. */
  Set<Integer> RETRYABLE = Set.of(408, 425, 429, 500, 502, 503, 504);

  /**
   * The usual reading of an HTTP answer: 2xx and 3xx succeed; 408, 425, 429, 500, 502, 503 and 504
   * are tried again, 429 and 503 with Retry-After without costing an attempt; all others fail.
   *
   * @param retryAfter what the answer's Retry-After says; empty when it has none
   */
  static Outcome ofStatus(JobResult result, Optional<Duration> retryAfter) {
    int status = result.status();
    if (status >= 200 && status < 400) {
      return new Succeeded(result);
    }
    JobError error = new JobError("status", status, "the answer was " + status);
    if (!RETRYABLE.contains(status)) {
      return new Failed(error, Optional.of(result));
    }
    if (retryAfter.isPresent() && (status == 429 || status == 503)) {
      return new Deferred(error, retryAfter.get());
    }
    return new Retry(error, Optional.of(result), retryAfter);
  }
}
