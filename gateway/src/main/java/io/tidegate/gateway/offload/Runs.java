package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Caller;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.RequestBody;
import io.tidegate.gateway.route.Match;
import io.tidegate.metrics.api.AccessLog;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.Tracing;
import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Performer;
import io.tidegate.worker.api.Run;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs jobs through their routes: the same breaker, balancer, limits and pools as live requests,
 * with the job's own deadline. One call a run; when to make another is its queue's to say.
 */
public final class Runs implements Performer {
  /** A route may come back with the next reload; its jobs wait for that. */
  private static final Duration NO_ROUTE = Duration.ofSeconds(10);

  /** A run that begins later is not part of its client's trace any more, but points at it. */
  private static final Duration SAME_TRACE = Duration.ofMinutes(1);

  private final Context context;
  private final Supplier<JobRoutes> routes;
  private final Supplier<OffloadOptions> options;
  private final Tracing tracing;
  private final AccessLog.Lane log;
  private final Callbacks callbacks;

  /**
   * @param context of the event loop that runs them
   * @param routes in force
   */
  public Runs(
      Vertx vertx,
      Context context,
      Supplier<JobRoutes> routes,
      Supplier<OffloadOptions> options,
      Tracing tracing,
      AccessLog.Lane log) {
    this.callbacks = new Callbacks(vertx, options);
    this.context = context;
    this.routes = routes;
    this.options = options;
    this.tracing = tracing;
    this.log = log;
  }

  @Override
  public Future<Outcome> perform(Run run) {
    Delivery job = run.delivery();
    if (job.queue().equals(JobsOptions.CALLBACKS)) {
      return callbacks.perform(run);
    }
    Optional<JobRoute> route = routes.get().named(job.route());
    if (route.isEmpty()) {
      var error = new JobError("no_route", 0, "there is no route " + job.route());
      return Future.succeededFuture(new Outcome.Deferred(error, NO_ROUTE));
    }
    Exchange exchange = exchange(job, route.get());
    run.onAbort(() -> context.runOnContext(here -> exchange.cancel()));
    return route
        .get()
        .pipeline()
        .apply(exchange)
        .compose(reply -> outcome(exchange, route.get(), reply))
        .onComplete(done -> over(exchange));
  }

  private Exchange exchange(Delivery job, JobRoute route) {
    var exchange = new Exchange(Caller.NONE, job.id() + "/" + job.lease().token());
    boolean young = Instant.now().isBefore(job.created().plus(SAME_TRACE));
    exchange.span(
        tracing.server(
            job.trace(), young ? Tracing.Trust.CONTINUE : Tracing.Trust.LINK, job.call().method()));
    Exchange.Head head = CarriedHead.head(job);
    exchange.head(head);
    exchange.routed(new Match.Found<>(route, route.options(), route.pattern(), head.path()));
    exchange.body(RequestBody.of(job.call().body()));
    exchange.limits(millis(job), route.idleMillis());
    exchange.journal().job(job.id().toString());
    return exchange;
  }

  /** What the run may take: its own time, or what is left of the job's. */
  private static long millis(Delivery job) {
    Duration left = Duration.between(Instant.now(), job.deadline());
    Duration most = left.compareTo(job.timeout()) < 0 ? left : job.timeout();
    return Math.max(1, most.toMillis());
  }

  private Future<Outcome> outcome(Exchange exchange, JobRoute route, Reply reply) {
    if (!(reply instanceof Reply.Proxied answer)) {
      exchange.journal().answered(RequestFacts.Source.LOCAL, reply.status());
      if (reply instanceof Reply.Failed failed) {
        exchange.journal().failed(failed.failure(), failed.detail());
      }
      return Future.succeededFuture(Ends.of(reply, exchange.isCancelled()));
    }
    exchange.journal().answered(RequestFacts.Source.UPSTREAM, answer.status());
    Optional<Duration> retryAfter = Ends.retryAfter(answer.headers());
    return Result.of(answer, route.options(), options.get().maxResult())
        .map(
            taken -> {
              if (taken.failure() == null) {
                return Outcome.ofStatus(taken.result(), retryAfter);
              }
              exchange.journal().failed(taken.failure(), "in the body");
              return Ends.of(Reply.Failed.of(taken.failure(), ""), exchange.isCancelled());
            });
  }

  private void over(Exchange exchange) {
    exchange.journal().over();
    exchange.span().end(exchange);
    log.log(exchange);
  }
}
