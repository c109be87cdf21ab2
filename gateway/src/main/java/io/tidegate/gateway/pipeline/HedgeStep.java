package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.BudgetOptions;
import io.tidegate.gateway.resilience.HedgeOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * Sends a second call when the first is slow, to another endpoint, within the budget; the first
 * acceptable answer wins and the other call is cancelled (Dean and Barroso, The Tail at Scale).
 *
 * @param next the first call, with its retries
 * @param extra one attempt without retries
 */
record HedgeStep(
    HedgeOptions options,
    BudgetOptions budget,
    Upstream upstream,
    TimerWheel wheel,
    RouteMeters meters,
    Step<Exchange> next,
    Step<Attempt> extra)
    implements Step<Exchange> {
  @Override
  public Future<Reply> apply(Exchange exchange) {
    long delay = delayMillis();
    boolean whole = !exchange.body().exists() || exchange.body().whole() != null;
    if (delay < 0
        || !whole
        || exchange.isUpgrade()
        || !RetryOptions.IDEMPOTENT.contains(exchange.method())) {
      return next.apply(exchange);
    }
    return new Race(exchange).run(delay);
  }

  /** How slow is slow; -1 while nothing is known. */
  private long delayMillis() {
    if (options.after().isPresent()) {
      return options.after().get().toMillis();
    }
    long p95 = upstream.latency().p95Nanos();
    return p95 < 0 ? -1 : Math.max(1, p95 / 1_000_000);
  }

  /** One request's two calls. */
  private final class Race {
    private final Exchange exchange;
    private final Exchange first;
    private final Promise<Reply> promise = Promise.promise();
    private TimerWheel.Timeout timeout;
    private Exchange second;
    private Reply firstFailure;
    private boolean firstDone;
    private boolean secondDone;

    Race(Exchange exchange) {
      this.exchange = exchange;
      this.first = exchange.fork();
    }

    Future<Reply> run(long delay) {
      timeout = wheel.schedule(delay, this::hedge);
      next.apply(first).onComplete(reply -> ended(first, reply), promise::tryFail);
      return promise.future();
    }

    private void hedge() {
      if (promise.future().isComplete()
          || exchange.isCancelled()
          || !upstream.budget().tryWithdraw(budget, upstream.slots().inFlight())) {
        return;
      }
      meters.hedged();
      exchange.span().event("hedge", null);
      second = exchange.fork();
      extra
          .apply(new Attempt(second, 1, first.lastEndpoint(), false))
          .onComplete(done -> upstream.budget().release())
          .onComplete(reply -> ended(second, reply), failure -> secondDone = true);
    }

    private void ended(Exchange branch, Reply reply) {
      firstDone |= branch == first;
      secondDone |= branch == second;
      if (promise.future().isComplete()) {
        reply.discard();
        return;
      }
      boolean acceptable = !Judgement.isFailure(reply) && !Judgement.isNeutral(reply);
      boolean last = firstDone && (second == null || secondDone);
      if (acceptable || last) {
        win(branch, acceptable || branch == first ? reply : firstFailureOr(reply));
      } else if (branch == first) {
        firstFailure = reply;
      } else {
        reply.discard();
      }
    }

    private Reply firstFailureOr(Reply reply) {
      if (firstFailure == null) {
        return reply;
      }
      reply.discard();
      return firstFailure;
    }

    private void win(Exchange branch, Reply reply) {
      timeout.cancel();
      Exchange winner = reply == firstFailure ? first : branch;
      Exchange loser = winner == first ? second : first;
      exchange.adopt(winner);
      if (loser != null) {
        exchange.journal().alsoAttempted(loser.attempts());
      }
      promise.complete(reply);
      if (firstFailure != null && firstFailure != reply) {
        firstFailure.discard();
      }
      if (loser != null) {
        loser.cancel();
      }
    }
  }
}
