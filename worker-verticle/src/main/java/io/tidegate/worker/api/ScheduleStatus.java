package io.tidegate.worker.api;

import java.time.Instant;
import java.util.Optional;

/**
 * A schedule and how far it is.
 *
 * @param queue that it fills
 * @param last time up to which all is seen to; empty: none yet
 * @param job that it made last; empty: none yet
 * @param next time that will make one; empty: never
 * @param configured it comes from the configuration, and can only be changed there
 */
public record ScheduleStatus(
    String queue,
    ScheduleOptions options,
    Optional<Instant> last,
    Optional<JobId> job,
    Optional<Instant> next,
    boolean configured) {}
