package io.tidegate.worker.store;

import io.tidegate.worker.api.JobAttempt;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a run changes.
 *
 * @param to succeeded, failed, dead or retrying
 * @param attempts to be added: 1, or 0 for a deferral
 * @param deferrals to be added: 1 for a deferral, otherwise 0
 * @param runAt when retrying; ignored otherwise
 * @param error becomes the job's last one; empty: the last one stays, none after success
 * @param result replaces the one before, if present
 * @param attempt to be remembered
 * @param keep how long the job is kept when it is over
 */
public record Ending(
    JobState to,
    int attempts,
    int deferrals,
    Instant runAt,
    Optional<JobError> error,
    Optional<JobResult> result,
    JobAttempt attempt,
    Duration keep) {

  public Ending {
    if (!(to == JobState.SUCCEEDED
        || to == JobState.FAILED
        || to == JobState.DEAD
        || to == JobState.RETRYING)) {
      throw new IllegalArgumentException("a run does not end " + to.label());
    }
  }
}
