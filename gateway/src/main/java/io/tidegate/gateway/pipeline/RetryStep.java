package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Cancellable;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.Backoff;
import io.tidegate.gateway.resilience.BudgetOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Makes an attempt again when that may help and cannot hurt: the failure is one of those asked for,
 * the request can be repeated, its body is still here, time is left and so is budget. The reason
 * for not retrying is put on record.
 *
 * @param options null: one attempt, but for connections that turn out to be stale
 */
record RetryStep(
    RetryOptions options,
    Backoff backoff,
    Upstream upstream,
    TimerWheel wheel,
    RouteMeters meters,
    Step<Attempt> next)
    implements Step<Exchange> {
  @Override
  public Future<Reply> apply(Exchange exchange) {
    if (exchange.isAgain()) {
      return again(exchange);
    }
    upstream.budget().deposit();
    return first(exchange);
  }

  /** A further run of a job draws on the same budget as other extra calls, and yields to them. */
  private Future<Reply> again(Exchange exchange) {
    BudgetOptions budget = options == null ? BudgetOptions.DEFAULTS : options.budget();
    if (!upstream.budget().tryWithdrawLater(budget, active())) {
      return Future.succeededFuture(Reply.Failed.unsent(Failure.RETRY_BUDGET, ""));
    }
    return first(exchange)
        .onComplete(
            done ->
                upstream
                    .budget()
                    .releaseLater(done.succeeded() && !Judgement.isFailure(done.result())));
  }

  private Future<Reply> first(Exchange exchange) {
    var first = new Attempt(exchange, 0, null, false);
    return next.apply(first).compose(reply -> judge(first, reply, 0));
  }

  private Future<Reply> judge(Attempt attempt, Reply reply, long waited) {
    Exchange exchange = attempt.exchange();
    if (exchange.isCancelled()) {
      return Future.succeededFuture(reply);
    }
    if (attempt.isStale()
        && !attempt.fresh()
        && Judgement.repeatable(exchange, reply)
        && exchange.body().replayable()) {
      // Not a retry: the upstream closed an idle connection as we took it, and never saw this.
      upstream.budget().charge();
      var again = attempt.afresh();
      return next.apply(again).compose(answer -> judge(again, answer, waited));
    }
    if (options == null || options.attempts() == 1 || !Judgement.matches(reply, options.on())) {
      return Future.succeededFuture(reply);
    }
    return retry(attempt, reply, waited);
  }

  private Future<Reply> retry(Attempt attempt, Reply reply, long waited) {
    Exchange exchange = attempt.exchange();
    long wait = wait(attempt, reply, waited);
    String refusal = refusal(attempt, reply, wait);
    if (refusal == null && !upstream.budget().tryWithdraw(options.budget(), active())) {
      refusal = "budget";
    }
    if (refusal != null) {
      exchange.journal().retrySkipped(refusal);
      meters.retrySkipped(refusal);
      return Future.succeededFuture(reply);
    }
    Failure cause = reply instanceof Reply.Failed failed ? failed.failure() : null;
    exchange
        .journal()
        .attemptFailed(cause == null ? Failure.UPSTREAM_ERROR : cause, "status " + reply.status());
    String reason = cause == null ? Integer.toString(reply.status()) : cause.reason();
    meters.retried(reason);
    exchange.span().event("retry", reason);
    reply.discard();
    var again = attempt.further();
    return pause(exchange, wait)
        .compose(
            rested ->
                rested
                    ? next.apply(again)
                    : Future.succeededFuture(
                        Reply.Failed.of(Failure.CLIENT_CLOSED, "between attempts")))
        .onComplete(done -> upstream.budget().release())
        .compose(answer -> judge(again, answer, wait));
  }

  private int active() {
    return upstream.slots().inFlight();
  }

  /** Why there is no further attempt, or null. */
  private String refusal(Attempt attempt, Reply reply, long wait) {
    Exchange exchange = attempt.exchange();
    if (attempt.number() + 1 >= options.attempts()) {
      return "attempts";
    }
    if (!Judgement.repeatable(exchange, reply, options.methods())) {
      return "method";
    }
    if (!exchange.body().replayable()) {
      return "body_too_large";
    }
    if (wait < 0) {
      return "retry_after";
    }
    // An attempt that cannot be answered in time only adds load.
    boolean late =
        wait >= exchange.remainingMillis() || exchange.isTooLateFor(upstream.usualMillis(), wait);
    return late ? "deadline" : null;
  }

  /** Milliseconds to wait; -1 when the upstream asks for more than we are ready to. */
  private long wait(Attempt attempt, Reply reply, long waited) {
    long own = backoff.nextMillis(attempt.number(), waited);
    long asked = options.retryAfter() ? RetryAfter.millis(reply) : 0;
    if (asked > options.backoff().max().toMillis()) {
      return -1;
    }
    return Math.max(own, asked);
  }

  /** Completes with false when the client left meanwhile. */
  private Future<Boolean> pause(Exchange exchange, long millis) {
    if (millis <= 0) {
      return Future.succeededFuture(true);
    }
    Promise<Boolean> promise = Promise.promise();
    Cancellable[] leave = new Cancellable[1];
    TimerWheel.Timeout timeout =
        wheel.schedule(
            millis,
            () -> {
              exchange.end(leave[0]);
              promise.tryComplete(true);
            });
    leave[0] =
        () -> {
          timeout.cancel();
          promise.tryComplete(false);
        };
    exchange.begin(leave[0]);
    return promise.future();
  }
}
