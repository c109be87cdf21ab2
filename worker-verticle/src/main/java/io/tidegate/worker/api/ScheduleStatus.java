package io.tidegate.worker.api;

import java.time.Instant;
import java.util.Optional;

/**
 * A schedule and how far it is.
 *
 * @param queue that it fills
 * @param last time that made a job; empty: none yet
 * @param next time that will make one; empty: never
 * @param configured it comes from the configuration, and can only be changed there
 */
public record ScheduleStatus(
    String queue,
    ScheduleOptions options,
    Optional<Instant> last,
    Optional<Instant> next,
    boolean configured) {}
