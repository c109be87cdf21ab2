package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.Future;
import java.util.List;

/** Answers in another way when the call failed; the first cause stays on record. */
record FallbackStep(Conditions on, List<Fallback> chain, RouteMeters meters, Step<Exchange> next)
    implements Step<Exchange> {
  /**
   * One way to answer instead.
   *
   * @param sends whether the request is sent again
   */
  record Fallback(String kind, boolean sends, Step<Exchange> step) {}

  @Override
  public Future<Reply> apply(Exchange exchange) {
    return next.apply(exchange)
        .compose(
            reply ->
                Judgement.matches(reply, on) && !exchange.isCancelled()
                    ? instead(exchange, reply, 0)
                    : Future.succeededFuture(reply));
  }

  private Future<Reply> instead(Exchange exchange, Reply failed, int index) {
    if (index == chain.size()) {
      return Future.succeededFuture(failed);
    }
    Fallback fallback = chain.get(index);
    if (fallback.sends() && !maySend(exchange, failed)) {
      return instead(exchange, failed, index + 1);
    }
    return fallback
        .step()
        .apply(exchange)
        .compose(
            reply -> {
              if (reply instanceof Reply.Failed none && none.failure() == Failure.NOT_REMEMBERED) {
                return instead(exchange, failed, index + 1);
              }
              // A fixed answer is final, whatever its status; 503 is a usual one.
              if (fallback.sends() && Judgement.matches(reply, on) && !exchange.isCancelled()) {
                reply.discard();
                return instead(exchange, failed, index + 1);
              }
              note(exchange, failed, fallback);
              failed.discard();
              return Future.succeededFuture(reply);
            });
  }

  private static boolean maySend(Exchange exchange, Reply failed) {
    return exchange.body().replayable()
        && Judgement.repeatable(exchange, failed)
        && exchange.remainingMillis() > 0;
  }

  private void note(Exchange exchange, Reply failed, Fallback fallback) {
    Failure cause = failed instanceof Reply.Failed f ? f.failure() : Failure.UPSTREAM_ERROR;
    exchange.journal().attemptFailed(cause, "status " + failed.status());
    exchange.journal().fellBack(fallback.kind());
    exchange.span().event("fallback", fallback.kind());
    meters.fellBack(fallback.kind());
  }
}
