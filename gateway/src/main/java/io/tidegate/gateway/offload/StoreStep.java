package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.worker.api.JobTerms;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Stores a write whose upstream is down, to be forwarded when it is back. Writes to one path are
 * forwarded in their order, unless the client groups them otherwise.
 */
record StoreStep(Intake intake, RouteOptions route, String queue) implements Step<Exchange> {
  @Override
  public Future<Reply> apply(Exchange exchange) {
    var async =
        new AsyncOptions(
            queue,
            AsyncOptions.When.ALWAYS,
            callback(),
            Duration.ZERO,
            List.of(),
            Optional.empty());
    Wish wish;
    try {
      wish = intake.wish(exchange.head().headers(), async);
    } catch (WrongField wrong) {
      return Future.succeededFuture(Reply.Failed.of(Failure.BAD_REQUEST, wrong.getMessage()));
    }
    if (wish.terms().group().isEmpty()) {
      wish = new Wish(wish.key(), wish.terms().withGroup(group(exchange.head().path())));
    }
    return intake
        .take(exchange, new Intake.Place(queue, route.id()), wish)
        .map(Intake.Taken::reply);
  }

  private boolean callback() {
    return route.async().map(AsyncOptions::callback).orElse(false);
  }

  /** A longer path keeps its end, where its resource is named. */
  private static String group(String path) {
    int over = path.length() - JobTerms.MAX_GROUP;
    return over <= 0 ? path : path.substring(over);
  }
}
