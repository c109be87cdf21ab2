package io.tidegate.worker.store;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.Submission;
import java.time.Instant;
import java.util.Optional;

/** What became of a job to be accepted. */
public sealed interface Creation {
  /**
   * It is there.
   *
   * @param id another one than that of the request when its key was known
   * @param replayed it was there before
   * @param lease present when it is new and was to be running
   */
  record Made(JobId id, JobState state, Instant created, boolean replayed, Optional<Lease> lease)
      implements Creation {}

  record Refused(Submission.Reason reason) implements Creation {}
}
