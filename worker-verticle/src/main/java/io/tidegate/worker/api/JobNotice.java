package io.tidegate.worker.api;

import java.util.List;

/**
 * Jobs changed, in the order in which they did. A hint: it may be lost, and what it says may be
 * older than what can be read.
 */
public record JobNotice(List<Change> changes) {
  public JobNotice {
    changes = List.copyOf(changes);
  }

  /** One job is in a state since a version. */
  public record Change(JobId id, String queue, JobState state, long version) {}
}
