package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.Breaker;
import io.vertx.core.Future;

/** Lets an attempt through while the upstream's breaker does, and tells it how that went. */
record BreakerStep(Breaker breaker, Step<Attempt> next) implements Step<Attempt> {
  @Override
  public Future<Reply> apply(Attempt attempt) {
    long token = breaker.tryAcquire();
    if (token == Breaker.REFUSED) {
      return Future.succeededFuture(
          new Reply.Failed(Failure.BREAKER_OPEN, "", breaker.retryAfterMillis(), true));
    }
    long started = System.nanoTime();
    return next.apply(attempt)
        .onComplete(
            done -> {
              if (done.failed()) {
                breaker.neutral(token);
              } else {
                record(token, done.result(), attempt, System.nanoTime() - started);
              }
            });
  }

  private void record(long token, Reply reply, Attempt attempt, long nanos) {
    if (Judgement.isNeutral(reply) || attempt.isStale()) {
      breaker.neutral(token);
    } else if (Judgement.isRefusal(reply)) {
      breaker.refusal(token);
    } else if (Judgement.isFailure(reply)) {
      breaker.failed(token, nanos, RetryAfter.millis(reply));
    } else {
      breaker.succeeded(token, nanos);
    }
  }
}
