package io.tidegate.worker.api;

import io.tidegate.metrics.api.TraceContext;
import java.util.Optional;

/**
 * A wish for a job.
 *
 * @param id made by whoever asks, so that asking twice with one id makes one job
 * @param queue has to be a configured one
 * @param route whose job it is: the handler looks its policies up by it, and jobs of a route that
 *     cannot be served at the moment do not hold up others of the queue
 * @param tenant who may see it: compared as a whole, never read; empty when there is only one
 * @param key empty when the client gave none
 * @param trace of the request that asked; {@link TraceContext#NONE} when there is none
 */
public record JobRequest(
    JobId id,
    String queue,
    String route,
    String tenant,
    JobCall call,
    JobTerms terms,
    Optional<IdempotencyKey> key,
    TraceContext trace) {

  /** A job on the queue's terms, without key and trace. */
  public static JobRequest of(String queue, String route, JobCall call) {
    return new JobRequest(
        JobId.fresh(System.currentTimeMillis()),
        queue,
        route,
        "",
        call,
        JobTerms.DEFAULT,
        Optional.empty(),
        TraceContext.NONE);
  }

  public JobRequest withId(JobId newId) {
    return new JobRequest(newId, queue, route, tenant, call, terms, key, trace);
  }

  public JobRequest withTenant(String newTenant) {
    return new JobRequest(id, queue, route, newTenant, call, terms, key, trace);
  }

  public JobRequest withTerms(JobTerms newTerms) {
    return new JobRequest(id, queue, route, tenant, call, newTerms, key, trace);
  }

  public JobRequest withKey(IdempotencyKey newKey) {
    return new JobRequest(id, queue, route, tenant, call, terms, Optional.of(newKey), trace);
  }

  public JobRequest withTrace(TraceContext newTrace) {
    return new JobRequest(id, queue, route, tenant, call, terms, key, newTrace);
  }
}
