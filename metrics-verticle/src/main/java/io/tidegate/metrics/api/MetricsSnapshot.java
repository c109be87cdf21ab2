package io.tidegate.metrics.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;

/**
 * The console's numbers: what happened in the last ten seconds, and the last events.
 *
 * @param seconds that rates and percentiles are of; fewer than ten after the start
 * @param connections of clients, open now
 * @param lagSeconds of the slowest event loop
 * @param routes those that saw a request since they were configured
 * @param events newest last, at most 200
 */
public record MetricsSnapshot(
    Instant at,
    double seconds,
    long connections,
    double lagSeconds,
    List<Traffic> routes,
    List<Traffic> upstreams,
    List<Notice> events) {

  /**
   * Traffic of one route or upstream.
   *
   * @param perSecond requests or attempts that ended
   * @param failedPerSecond of these, those that failed
   * @param inFlight now
   * @param p50Millis half of them took no longer; 0 when there were none
   */
  public record Traffic(
      String name,
      double perSecond,
      double failedPerSecond,
      long inFlight,
      double p50Millis,
      double p95Millis,
      double p99Millis) {
    JsonObject toJson() {
      return new JsonObject()
          .put("name", name)
          .put("perSecond", perSecond)
          .put("failedPerSecond", failedPerSecond)
          .put("inFlight", inFlight)
          .put("p50Millis", p50Millis)
          .put("p95Millis", p95Millis)
          .put("p99Millis", p99Millis);
    }
  }

  public MetricsSnapshot {
    routes = List.copyOf(routes);
    upstreams = List.copyOf(upstreams);
    events = List.copyOf(events);
  }

  /** For the admin port. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("at", at.toString())
        .put("seconds", seconds)
        .put("connections", connections)
        .put("lagSeconds", lagSeconds)
        .put("routes", new JsonArray(routes.stream().map(Traffic::toJson).toList()))
        .put("upstreams", new JsonArray(upstreams.stream().map(Traffic::toJson).toList()))
        .put("events", new JsonArray(events.stream().map(Notice::toJson).toList()));
  }
}
