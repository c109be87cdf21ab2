package io.tidegate.worker.store;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.ScheduleOptions;
import java.time.Instant;
import java.util.Optional;

/**
 * A schedule as the store knows it.
 *
 * @param options empty when it is a configured one, of which only the rest is kept
 * @param last time that was seen to
 * @param job that it made
 */
public record Scheduled(
    String queue,
    String name,
    Optional<ScheduleOptions> options,
    Optional<Instant> last,
    Optional<JobId> job) {}
