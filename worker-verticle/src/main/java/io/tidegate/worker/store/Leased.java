package io.tidegate.worker.store;

import io.tidegate.metrics.api.TraceContext;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobStatus.Counters;
import io.tidegate.worker.api.Lease;
import java.time.Instant;

/**
 * A job that was taken to be run.
 *
 * @param key the client's idempotency key; the job's id when it gave none
 * @param counters with this delivery counted already
 * @param runAt since when it was ready, or had to be
 * @param suspect it is run because suspects were asked for: nothing else of that kind may run here
 */
public record Leased(
    Lease lease,
    String queue,
    String route,
    String tenant,
    JobCall call,
    String key,
    TraceContext trace,
    Counters counters,
    Instant created,
    Instant runAt,
    Instant deadline,
    boolean suspect) {}
