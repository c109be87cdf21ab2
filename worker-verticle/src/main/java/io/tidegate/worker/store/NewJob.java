package io.tidegate.worker.store;

import io.tidegate.worker.api.AdmissionPlan;
import io.tidegate.worker.api.JobRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A job to be accepted.
 *
 * @param runAt not before; empty, or in the past: now
 * @param deadline not to be started after
 * @param maxAttempts resolved, at least 1
 * @param aging how much earlier one step of priority makes it: its rank is the time it became
 *     queued minus {@code priority * aging}, and lower ranks go first. So no job waits for ever
 * @param limits of its queue; depth and bytes are counted over jobs that are not over, and the dead
 * @param running present when its first run is under way already, or may begin at once
 */
public record NewJob(
    JobRequest request,
    Optional<Instant> runAt,
    Instant deadline,
    int maxAttempts,
    Duration aging,
    AdmissionPlan limits,
    Optional<Grant> running) {

  /**
   * Who runs it, for how long before a renewal.
   *
   * @param whenIdle only when its queue is open and nobody waits there; else it waits like all
   *     others, and there is no lease. Shared stores are not asked for that
   */
  public record Grant(String worker, Duration lease, boolean whenIdle) {}
}
