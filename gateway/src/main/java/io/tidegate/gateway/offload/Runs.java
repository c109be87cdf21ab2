package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.route.AsyncOptions;
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
import java.util.Collections;
import java.util.List;
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
    if (together(route.get()).isPresent()) {
      return bulk(List.of(run), route.get()).map(all -> all.get(0));
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

  @Override
  public Future<List<Outcome>> performAll(List<Run> runs) {
    Optional<JobRoute> route = routes.get().named(runs.get(0).delivery().route());
    if (route.flatMap(Runs::together).isEmpty()) {
      return Performer.super.performAll(runs);
    }
    List<List<Integer>> parts = Bulk.calls(runs.stream().map(Run::delivery).toList());
    List<Future<List<Outcome>>> calls =
        parts.stream()
            .map(part -> bulk(part.stream().map(runs::get).toList(), route.get()))
            .toList();
    return Future.all(calls)
        .map(
            done -> {
              Outcome[] all = new Outcome[runs.size()];
              for (int i = 0; i < parts.size(); i++) {
                List<Outcome> some = done.resultAt(i);
                for (int j = 0; j < some.size(); j++) {
                  all[parts.get(i).get(j)] = some.get(j);
                }
              }
              return List.of(all);
            });
  }

  private static Optional<String> together(JobRoute route) {
    return route.options().async().flatMap(AsyncOptions::batch);
  }

  /** Several jobs in one call, which is broken off when none of them is wanted any more. */
  private Future<List<Outcome>> bulk(List<Run> runs, JobRoute route) {
    List<Delivery> jobs = runs.stream().map(Run::delivery).toList();
    Delivery all = Bulk.delivery(jobs, together(route).orElseThrow());
    Exchange exchange = calls.exchange(all, route, all.key());
    exchange.head().headers().remove("Job-Id").remove("Job-Attempt");
    exchange.journal().job(all.id().toString());
    int[] wanted = {runs.size()};
    runs.forEach(
        run ->
            run.onAbort(
                () ->
                    context.runOnContext(
                        here -> {
                          if (--wanted[0] == 0) {
                            exchange.cancel();
                          }
                        })));
    return route
        .pipeline()
        .apply(exchange)
        .compose(reply -> outcomes(exchange, route, jobs, reply))
        .otherwise(
            mistake -> nCopies(jobs, Outcome.retry("error", String.valueOf(mistake.getMessage()))))
        .onComplete(done -> calls.over(exchange, true));
  }

  private static List<Outcome> nCopies(List<Delivery> jobs, Outcome outcome) {
    return Collections.nCopies(jobs.size(), outcome);
  }

  private Future<List<Outcome>> outcomes(
      Exchange exchange, JobRoute route, List<Delivery> jobs, Reply reply) {
    if (!(reply instanceof Reply.Proxied answer)) {
      Ends.note(exchange, reply);
      return Future.succeededFuture(nCopies(jobs, Ends.of(reply, exchange.isCancelled())));
    }
    exchange.journal().answered(RequestFacts.Source.UPSTREAM, answer.status());
    Optional<Duration> retryAfter = Ends.retryAfter(answer.headers());
    long kept = options.get().maxResult();
    return Result.of(answer, route.options(), Bulk.mostAnswer(jobs.size(), kept))
        .map(
            taken -> {
              if (taken.failure() == null) {
                return Bulk.outcomes(jobs, taken.result(), retryAfter, route.options(), kept);
              }
              exchange.journal().failed(taken.failure(), "in the body");
              Reply.Failed failed = Reply.Failed.of(taken.failure(), "");
              return nCopies(jobs, Ends.of(failed, exchange.isCancelled()));
            });
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
