package io.tidegate.worker.api;

import java.util.List;
import java.util.Optional;

/**
 * Some jobs, the latest first. Their attempts are left out.
 *
 * @param next where to go on: the last id of this page; empty when there is no more
 */
public record JobPage(List<JobStatus> jobs, Optional<JobId> next) {
  public static final int MAX_SIZE = 1000;

  public JobPage {
    jobs = List.copyOf(jobs);
  }
}
