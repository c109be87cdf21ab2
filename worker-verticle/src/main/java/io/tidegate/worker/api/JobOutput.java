package io.tidegate.worker.api;

import java.util.Optional;

/** What came of a job. */
public sealed interface JobOutput {
  /**
   * The job is over, or not.
   *
   * @param result of its last run; empty when it is not over, or ended without one
   */
  record Found(JobStatus status, Optional<JobResult> result) implements JobOutput {}

  /** There was a job; it has been forgotten. */
  record Purged(JobState last) implements JobOutput {}

  /** There is none, or it has been forgotten for long. */
  record Unknown() implements JobOutput {}
}
