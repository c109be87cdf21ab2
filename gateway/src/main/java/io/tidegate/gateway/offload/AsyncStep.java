package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.Submission.Accepted;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes a job of a request, where the route always does or the client prefers it, and answers with
 * a receipt. Where the client would rather wait, it is called at once if its queue has a place for
 * it, and becomes a job when that takes too long; otherwise it is a job from the start, whose
 * result is the answer if it comes in time. A client that leaves meanwhile changes nothing.
 */
record AsyncStep(Intake intake, RouteOptions route, AsyncOptions async, Step<Exchange> next)
    implements Step<Exchange> {
  private static final CharSequence APPLIED =
      io.vertx.core.http.HttpHeaders.createOptimized("preference-applied");

  @Override
  public Future<Reply> apply(Exchange exchange) {
    Preferences prefer = Preferences.of(exchange.head().headers());
    boolean wanted = async.when() == AsyncOptions.When.ALWAYS || prefer.respondAsync();
    if (!wanted || exchange.isUpgrade()) {
      return next.apply(exchange);
    }
    Wish wish;
    try {
      wish = intake.wish(exchange.head().headers(), async);
    } catch (WrongField wrong) {
      return Future.succeededFuture(Reply.Failed.of(Failure.BAD_REQUEST, wrong.getMessage()));
    }
    return intake
        .gather(exchange, new Intake.Place(async.queue(), route.id()), wish)
        .compose(
            asked ->
                asked.job() == null
                    ? Future.succeededFuture(asked.refusal())
                    : answer(exchange, prefer, wish, asked.job()));
  }

  private Future<Reply> answer(Exchange exchange, Preferences prefer, Wish wish, JobRequest job) {
    Duration hold = Intake.hold(prefer, async);
    if (hold.isZero()) {
      return intake.submit(exchange, job).map(taken -> receipt(exchange, prefer, taken.reply()));
    }
    // Where each request is a job, there is one to look at, whatever becomes of it.
    boolean perhaps = async.when() == AsyncOptions.When.PREFER;
    Future<Optional<LiveRun>> begun =
        perhaps && wish.startsAtOnce()
            ? intake.begin(exchange, job, hold)
            : Future.succeededFuture(Optional.empty());
    return begun.compose(
        run ->
            run.isPresent()
                ? live(exchange, prefer, run.get())
                : queued(exchange, prefer, job, hold));
  }

  private Future<Reply> queued(
      Exchange exchange, Preferences prefer, JobRequest job, Duration hold) {
    return intake
        .submit(exchange, job)
        .compose(
            taken ->
                taken.job() == null
                    ? Future.succeededFuture(taken.reply())
                    : held(exchange, prefer, taken.job(), hold));
  }

  private Future<Reply> live(Exchange exchange, Preferences prefer, LiveRun run) {
    return run.begin()
        .compose(
            reply ->
                reply.isPresent()
                    ? Future.succeededFuture(waited(exchange, prefer, reply.get()))
                    : held(exchange, prefer, run.accepted(), Duration.ofMillis(run.millisLeft())));
  }

  private Future<Reply> held(Exchange exchange, Preferences prefer, Accepted job, Duration hold) {
    return new Held(intake, exchange, job.id())
        .result(hold)
        .map(
            result ->
                result
                    .map(reply -> waited(exchange, prefer, reply))
                    .orElseGet(() -> receipt(exchange, prefer, intake.receipt(job))));
  }

  private static Reply receipt(Exchange exchange, Preferences prefer, Reply reply) {
    if (prefer.respondAsync() && reply instanceof Reply.Answer) {
      exchange.addResponseField(APPLIED, "respond-async");
    }
    return reply;
  }

  private static Reply waited(Exchange exchange, Preferences prefer, Reply reply) {
    exchange.addResponseField(
        APPLIED, "wait=" + prefer.patience().orElse(Duration.ZERO).toSeconds());
    return reply;
  }
}
