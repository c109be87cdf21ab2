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
   * @param state as it was accepted: a run that was begun in the same commit is the next thing
   * @param lease present when it is new and is being run
   */
  record Made(JobId id, JobState state, Instant created, boolean replayed, Optional<Lease> lease)
      implements Creation {}

  record Refused(Submission.Reason reason) implements Creation {}
}
