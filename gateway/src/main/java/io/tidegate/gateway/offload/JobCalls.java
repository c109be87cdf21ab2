package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Caller;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.RequestBody;
import io.tidegate.gateway.route.Match;
import io.tidegate.metrics.api.AccessLog;
import io.tidegate.metrics.api.Tracing;
import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.JobCall;
import java.time.Duration;
import java.time.Instant;

/** Makes calls of jobs, and puts them on record. One per event loop. */
public record JobCalls(Tracing tracing, AccessLog.Lane log) {
  /** A run that begins later is not part of its client's trace any more, but points at it. */
  private static final Duration SAME_TRACE = Duration.ofMinutes(1);

  /**
   * A job's request, to be called through its route.
   *
   * @param id of this request, for the log
   */
  Exchange exchange(Delivery job, JobRoute route, String id) {
    var exchange = new Exchange(Caller.NONE, id);
    boolean young = Instant.now().isBefore(job.created().plus(SAME_TRACE));
    JobCall call = job.call();
    exchange.span(
        tracing.server(
            job.trace(), young ? Tracing.Trust.CONTINUE : Tracing.Trust.LINK, call.method()));
    Exchange.Head head = CarriedHead.head(job);
    exchange.head(head);
    exchange.routed(new Match.Found<>(route, route.options(), route.pattern(), head.path()));
    exchange.body(RequestBody.of(call.body()));
    exchange.again(job.attempt() > 1);
    exchange.limits(millis(job), route.idleMillis());
    return exchange;
  }

  /** What the run may take: its own time, or what is left of the job's. */
  private static long millis(Delivery job) {
    Duration left = Duration.between(Instant.now(), job.deadline());
    Duration most = left.compareTo(job.timeout()) < 0 ? left : job.timeout();
    return Math.max(1, most.toMillis());
  }

  /**
   * A call is over.
   *
   * @param logged whether it has a line of its own; otherwise it is part of its client's request
   */
  void over(Exchange exchange, boolean logged) {
    exchange.journal().over();
    exchange.span().end(exchange);
    if (logged) {
      log.log(exchange);
    }
  }
}
