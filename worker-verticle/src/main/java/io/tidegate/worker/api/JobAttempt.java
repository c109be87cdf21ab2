package io.tidegate.worker.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One run of a job that is over.
 *
 * @param delivery which run of all it was, from 1; starts again after a requeue
 * @param outcome {@code succeeded}, {@code failed}, {@code retry}, {@code deferred} or {@code
 *     crashed}
 * @param status of the upstream's answer; 0 when there was none
 * @param error empty when it succeeded
 */
public record JobAttempt(
    int delivery,
    Instant started,
    Duration took,
    String outcome,
    int status,
    Optional<JobError> error) {}
