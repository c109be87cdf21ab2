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
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a second call when the first is slow, to another endpoint, within the budget; the first
 * acceptable answer wins and the others are cancelled (Dean and Barroso, The Tail at Scale).
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
    return new Race(exchange, delay).run();
  }

  /** How slow is slow; -1 while nothing is known. */
  private long delayMillis() {
    if (options.after().isPresent()) {
      return options.after().get().toMillis();
    }
    long p95 = upstream.latency().p95Nanos();
    return p95 < 0 ? -1 : Math.max(1, p95 / 1_000_000);
  }

  /** One request's calls. */
  private final class Race {
    private final Exchange exchange;
    private final long delay;
    private final List<Exchange> branches = new ArrayList<>(2);
    private final Promise<Reply> promise = Promise.promise();
    private TimerWheel.Timeout timeout;
    private Reply firstFailure;
    private int underWay;

    Race(Exchange exchange, long delay) {
      this.exchange = exchange;
      this.delay = delay;
    }

    Future<Reply> run() {
      timeout = wheel.schedule(delay, this::hedge);
      Exchange first = branch();
      next.apply(first).onComplete(reply -> ended(first, reply), this::mistaken);
      return promise.future();
    }

    private Exchange branch() {
      Exchange branch = exchange.fork();
      branches.add(branch);
      underWay++;
      return branch;
    }

    private void hedge() {
      if (promise.future().isComplete()
          || exchange.isCancelled()
          || !upstream.budget().tryWithdraw(budget, upstream.slots().inFlight())) {
        return;
      }
      meters.hedged();
      exchange.span().event("hedge", null);
      Object slow = branches.get(branches.size() - 1).lastEndpoint();
      Exchange branch = branch();
      if (branches.size() <= options.max()) {
        timeout = wheel.schedule(delay, this::hedge);
      }
      extra
          .apply(new Attempt(branch, branches.size() - 1, slow, false))
          .onComplete(done -> upstream.budget().release())
          .onComplete(reply -> ended(branch, reply), this::mistaken);
    }

    private void ended(Exchange branch, Reply reply) {
      underWay--;
      if (promise.future().isComplete()) {
        reply.discard();
        return;
      }
      if (!Judgement.isFailure(reply) && !Judgement.isNeutral(reply)) {
        win(branch, reply);
      } else if (branch == branches.get(0)) {
        firstFailure = reply;
        endIfLast();
      } else {
        reply.discard();
        endIfLast();
      }
    }

    /** What no call could better is the first call's own failure. */
    private void endIfLast() {
      if (underWay == 0) {
        win(branches.get(0), firstFailure);
      }
    }

    private void win(Exchange winner, Reply reply) {
      timeout.cancel();
      exchange.adopt(winner);
      promise.complete(reply);
      if (firstFailure != null && firstFailure != reply) {
        firstFailure.discard();
      }
      for (Exchange branch : branches) {
        if (branch != winner) {
          exchange.journal().alsoAttempted(branch.attempts());
          branch.cancel();
        }
      }
    }

    private void mistaken(Throwable mistake) {
      timeout.cancel();
      if (promise.tryFail(mistake)) {
        branches.forEach(Exchange::cancel);
      }
    }
  }
}
