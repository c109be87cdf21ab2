package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Makes a job of a request, where the route always does or the client prefers it, and answers with
 * a receipt; or with the result, where the client would rather wait and it comes in time. A client
 * that leaves meanwhile changes nothing: what was accepted is done.
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
    Duration hold = Intake.hold(prefer, async);
    return intake
        .take(exchange, new Intake.Place(async.queue(), route.id()), wish)
        .compose(
            taken ->
                taken.job() == null || hold.isZero()
                    ? Future.succeededFuture(receipt(exchange, prefer, taken.reply()))
                    : new Held(intake, exchange, taken.job().id())
                        .result(hold)
                        .map(
                            result ->
                                result
                                    .map(reply -> waited(exchange, prefer, reply))
                                    .orElseGet(() -> receipt(exchange, prefer, taken.reply()))));
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
