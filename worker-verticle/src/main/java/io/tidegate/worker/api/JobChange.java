package io.tidegate.worker.api;

/** What became of the wish to change a job. */
public sealed interface JobChange {
  /**
   * It is so now.
   *
   * @param status after it; when it was deleted, the last one
   */
  record Done(JobStatus status) implements JobChange {}

  /** It is running and was told to stop: cancellation wins unless it completes first. */
  record Requested(JobStatus status) implements JobChange {}

  /** Its state does not allow it. */
  record Conflict(JobStatus status) implements JobChange {}

  /** There was a job; it has been forgotten. */
  record Purged(JobState last) implements JobChange {}

  /** There is none, or it has been forgotten for long. */
  record Unknown() implements JobChange {}
}
