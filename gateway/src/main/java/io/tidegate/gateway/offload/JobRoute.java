package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.PathPattern;
import io.tidegate.gateway.route.RouteOptions;

/**
 * A route as jobs run through it, on one event loop: from the deadline inwards.
 *
 * @param pattern of the route's match, for rewriting
 * @param idleMillis that a body may stand still
 */
public record JobRoute(
    RouteOptions options, PathPattern pattern, long idleMillis, Step<Exchange> pipeline) {}
