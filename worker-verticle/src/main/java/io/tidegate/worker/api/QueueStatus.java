package io.tidegate.worker.api;

import java.time.Duration;
import java.util.Map;

/**
 * A queue at a glance.
 *
 * @param mode whether it takes and runs jobs
 * @param depth jobs by state; a state without jobs may be left out
 * @param bytes that its jobs take, requests and results
 * @param oldestReady how long the oldest ready job has been waiting; zero when none is
 * @param running on this node
 * @param configured it takes jobs and runs them; otherwise what waits stays until it is again
 */
public record QueueStatus(
    String queue,
    Mode mode,
    Map<JobState, Long> depth,
    long bytes,
    Duration oldestReady,
    int running,
    boolean configured) {

  public QueueStatus {
    depth = Map.copyOf(depth);
  }

  /** As a store knows it, which does not know of what runs where. */
  public QueueStatus(
      String queue, Mode mode, Map<JobState, Long> depth, long bytes, Duration oldestReady) {
    this(queue, mode, depth, bytes, oldestReady, 0, false);
  }

  /** Jobs of a state. */
  public long count(JobState state) {
    return depth.getOrDefault(state, 0L);
  }

  /** What a queue does at the moment. */
  public enum Mode {
    /** Takes jobs and runs them. */
    OPEN,
    /** Takes jobs, runs none. */
    PAUSED,
    /** Takes none, finishes all. */
    DRAINING
  }
}
