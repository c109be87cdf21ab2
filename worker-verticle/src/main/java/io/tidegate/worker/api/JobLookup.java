package io.tidegate.worker.api;

/** What there is to an id. */
public sealed interface JobLookup {
  record Found(JobStatus status) implements JobLookup {}

  /** There was a job; it has been forgotten. */
  record Purged(JobState last) implements JobLookup {}

  /** There is none, or it has been forgotten for long. */
  record Unknown() implements JobLookup {}
}
