package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.RequestBody;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.upstream.CallPlan;
import io.tidegate.gateway.upstream.UpstreamClient;
import io.vertx.core.Future;
import java.util.function.DoubleSupplier;

/**
 * Copies a share of the requests to a second upstream. The copy is sent when the whole body is
 * here; a body larger than what is kept is not copied, so that the main call is never held back.
 */
record MirrorStep(
    UpstreamClient shadow, CallPlan plan, double share, DoubleSupplier chance, Step<Exchange> next)
    implements Step<Exchange> {
  /** Bytes of a body that are kept for the copy. */
  static final long KEEP = 64 * 1024;

  @Override
  public Future<Reply> apply(Exchange exchange) {
    if (chance.getAsDouble() < share && !exchange.isUpgrade()) {
      RequestBody body = exchange.body();
      if (!body.exists()) {
        shadow.mirror(exchange, plan, null);
      } else {
        body.onEnd(
            () -> {
              if (body.whole() != null) {
                shadow.mirror(exchange, plan, body.whole());
              }
            });
      }
    }
    return next.apply(exchange);
  }
}
