package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.metrics.api.RequestFacts;
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
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs jobs through their routes: the same breaker, balancer, limits and pools as live requests,
 * with the job's own deadline. One call a run; when to make another is its queue's to say.
 */
public final class Runs implements Performer {
  /** A route may come back with the next reload; its jobs wait for that. */
  private static final Duration NO_ROUTE = Duration.ofSeconds(10);

  private final Context context;
  private final Supplier<JobRoutes> routes;
  private final Supplier<OffloadOptions> options;
  private final JobCalls calls;
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
      JobCalls calls) {
    this.callbacks = new Callbacks(vertx, options);
    this.context = context;
    this.routes = routes;
    this.options = options;
    this.calls = calls;
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
    Exchange exchange = calls.exchange(job, route.get(), job.id() + "/" + job.lease().token());
    exchange.journal().job(job.id().toString());
    run.onAbort(() -> context.runOnContext(here -> exchange.cancel()));
    return route
        .get()
        .pipeline()
        .apply(exchange)
        .compose(reply -> outcome(exchange, route.get(), reply))
        .onComplete(done -> calls.over(exchange, true));
  }

  private Future<Outcome> outcome(Exchange exchange, JobRoute route, Reply reply) {
    if (!(reply instanceof Reply.Proxied answer)) {
      Ends.note(exchange, reply);
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
}
