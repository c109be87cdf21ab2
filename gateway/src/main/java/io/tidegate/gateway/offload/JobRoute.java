package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.PathPattern;
import io.tidegate.gateway.route.RouteOptions;
import java.util.Optional;

/**
 * A route as jobs run through it, on one event loop: from the deadline inwards.
 *
 * @param pattern of the route's match, for rewriting
 * @param idleMillis that a body may stand still
 * @param gate what lets requests in that do not come one by one
 */
public record JobRoute(
    RouteOptions options,
    PathPattern pattern,
    long idleMillis,
    Step<Exchange> pipeline,
    Gate gate) {
  /** The rate limit of a route. */
  public interface Gate {
    /** Counts a request; empty: it may go on. */
    Optional<Reply.Failed> refusal(Exchange.Head head);
  }
}
