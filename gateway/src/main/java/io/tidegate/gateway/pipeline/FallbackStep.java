package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;

/** Answers in another way when the call failed; the first cause stays on record. */
record FallbackStep(Conditions on, List<Fallback> chain, RouteMeters meters, Step<Exchange> next)
    implements Step<Exchange> {
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "QUERY");

  /** How a fallback helps. */
  enum Way {
    /** The request is sent again. */
    SEND,
    /** The request is kept, to be sent later. */
    STORE,
    /** Something else is answered. */
    ANSWER
  }

  /** One way to answer instead. */
  record Fallback(String kind, Way way, Step<Exchange> step) {}

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
    boolean fits =
        switch (fallback.way()) {
          case SEND -> maySend(exchange, failed);
          case STORE -> mayStore(exchange, failed);
          case ANSWER -> true;
        };
    if (!fits) {
      return instead(exchange, failed, index + 1);
    }
    return fallback
        .step()
        .apply(exchange)
        .compose(
            reply -> {
              if (isNoHelp(exchange, fallback, reply)) {
                reply.discard();
                return instead(exchange, failed, index + 1);
              }
              note(exchange, failed, fallback);
              failed.discard();
              return Future.succeededFuture(reply);
            });
  }

  private boolean isNoHelp(Exchange exchange, Fallback fallback, Reply reply) {
    if (reply instanceof Reply.Failed none && none.failure() == Failure.NOT_REMEMBERED) {
      return true;
    }
    return switch (fallback.way()) {
      case SEND -> Judgement.matches(reply, on) && !exchange.isCancelled();
      case STORE -> reply instanceof Reply.Failed && !exchange.isCancelled();
      // A fixed answer is final, whatever its status; 503 is a usual one.
      case ANSWER -> false;
    };
  }

  private static boolean maySend(Exchange exchange, Reply failed) {
    return exchange.body().replayable()
        && Judgement.repeatable(exchange, failed)
        && exchange.remainingMillis() > 0;
  }

  /**
   * Writes only: who reads wants an answer now. What may have reached the upstream is sent once
   * more only under a key by which that can tell.
   */
  private static boolean mayStore(Exchange exchange, Reply failed) {
    return exchange.body().replayable()
        && !exchange.isUpgrade()
        && !READS.contains(exchange.method())
        && Judgement.repeatable(exchange, failed, Set.of());
  }

  private void note(Exchange exchange, Reply failed, Fallback fallback) {
    Failure cause = failed instanceof Reply.Failed f ? f.failure() : Failure.UPSTREAM_ERROR;
    exchange.journal().attemptFailed(cause, "status " + failed.status());
    exchange.journal().fellBack(fallback.kind());
    exchange.span().event("fallback", fallback.kind());
    meters.fellBack(fallback.kind());
  }
}
