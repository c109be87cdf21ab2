package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.Breaker;
import io.vertx.core.Future;

/** In the place of a breaker that never opens by itself: an operator may still open it. */
record IsolationStep(Breaker breaker, Step<Attempt> next) implements Step<Attempt> {
  @Override
  public Future<Reply> apply(Attempt attempt) {
    return breaker.state() == Breaker.State.ISOLATED
        ? Future.succeededFuture(
            new Reply.Failed(Failure.BREAKER_OPEN, "", breaker.retryAfterMillis(), true))
        : next.apply(attempt);
  }
}
