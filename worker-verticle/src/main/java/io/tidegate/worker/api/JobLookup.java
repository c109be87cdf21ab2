package io.tidegate.worker.api;

import java.util.Optional;

/** What there is to an id. */
public sealed interface JobLookup {
  /**
   * A job.
   *
   * @param progress what its run says of itself; empty when it says nothing, or runs on another
   *     node of a shared store
   */
  record Found(JobStatus status, Optional<JobProgress> progress) implements JobLookup {
    /** One that says nothing of itself. */
    public Found(JobStatus status) {
      this(status, Optional.empty());
    }
  }

  /** There was a job; it has been forgotten. */
  record Purged(JobState last) implements JobLookup {}

  /** There is none, or it has been forgotten for long. */
  record Unknown() implements JobLookup {}
}
