package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.HeaderEditor;
import io.tidegate.metrics.api.CacheRouteMeters;
import io.tidegate.metrics.api.RouteMeters;
import java.util.Optional;

/**
 * A route ready to serve on one event loop.
 *
 * @param responseEdits null when there are none
 * @param bodyLimit bytes of a request body
 * @param keep bytes of a request body kept for a further attempt
 * @param totalMillis until the response's head
 * @param idleMillis that a body may stand still
 * @param cached what is counted of its cache
 */
public record CompiledRoute(
    String id,
    Step<Exchange> pipeline,
    HeaderEditor responseEdits,
    long bodyLimit,
    long keep,
    long totalMillis,
    long idleMillis,
    RouteMeters meters,
    Optional<CacheRouteMeters> cached) {
  /** The route is gone: its meters are given back. */
  public void release() {
    meters.release();
    cached.ifPresent(CacheRouteMeters::release);
  }
}
