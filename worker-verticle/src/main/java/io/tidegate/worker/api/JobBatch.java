package io.tidegate.worker.api;

import java.util.List;

/**
 * Several wishes in one commit.
 *
 * @param atomic all or none; otherwise each is answered for itself
 */
public record JobBatch(List<JobRequest> requests, boolean atomic) {
  public static final int MAX_SIZE = 1000;

  public JobBatch {
    requests = List.copyOf(requests);
    if (requests.isEmpty() || requests.size() > MAX_SIZE) {
      throw new IllegalArgumentException(
          "batch: " + requests.size() + " items (expected: 1 to " + MAX_SIZE + ")");
    }
  }
}
