package io.tidegate.worker.store;

import io.tidegate.metrics.api.TraceContext;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import java.time.Instant;

/**
 * The end of a job that a callback waits for.
 *
 * @param generation of the job, which may end once in each
 * @param callback where to tell
 */
public record Untold(
    JobId id,
    int generation,
    JobState state,
    String route,
    String tenant,
    String callback,
    Instant finished,
    TraceContext trace) {}
