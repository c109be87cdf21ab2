package io.tidegate.worker.api;

import io.tidegate.metrics.api.TraceContext;
import java.time.Duration;
import java.time.Instant;

/**
 * A job to be done now.
 *
 * @param key the client's idempotency key; the job's id when it gave none. The same for every run
 * @param attempt counts the runs that may have reached the upstream, from 1
 * @param deadline after which nobody is interested any more
 * @param timeout of this run
 * @param trace of the request that asked for the job
 */
public record Delivery(
    Lease lease,
    String queue,
    String route,
    String tenant,
    JobCall call,
    String key,
    int attempt,
    Instant created,
    Instant deadline,
    Duration timeout,
    TraceContext trace) {

  public JobId id() {
    return lease.id();
  }
}
