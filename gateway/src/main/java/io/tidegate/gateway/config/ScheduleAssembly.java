package io.tidegate.gateway.config;

import io.tidegate.gateway.route.Match;
import io.tidegate.gateway.route.RequestTarget;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.RouteTable;
import io.tidegate.worker.api.CronPlan;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.ScheduleOptions;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Schedules as records, each with the route that its request takes. */
final class ScheduleAssembly {
  private final RouteTable<RouteOptions> routes;

  ScheduleAssembly(List<RouteOptions> routes) {
    this.routes =
        RouteTable.build(
            routes.stream().map(route -> new RouteTable.Entry<>(route, route)).toList());
  }

  /** Reports requests that no route takes. */
  void check(Fields queue, Problems problems) {
    for (Value value : queue.items("schedule")) {
      if (value instanceof Fields schedule && schedule.isIntact()) {
        Fields request = schedule.section("request");
        if (route(request).isEmpty()) {
          problems.error(
              request.placeOf("path"),
              "found " + request.shown("path") + ", expected a request that a route takes");
        }
      }
    }
  }

  private Optional<RouteOptions> route(Fields request) {
    if (!(target(request) instanceof RequestTarget.Valid target)) {
      return Optional.empty();
    }
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.texts("headers"));
    Match<RouteOptions> match =
        routes.match(
            host(request).toLowerCase(Locale.ROOT),
            target.path(),
            method(request),
            headers,
            target.query());
    return match instanceof Match.Found<RouteOptions> found
        ? Optional.of(found.payload())
        : Optional.empty();
  }

  private static RequestTarget target(Fields request) {
    String uri = request.text("path").orElseThrow();
    int mark = uri.indexOf('?');
    return RequestTarget.read(
        mark < 0 ? uri : uri.substring(0, mark), mark < 0 ? null : uri.substring(mark + 1));
  }

  private static String host(Fields request) {
    return request.text("host").orElse("localhost");
  }

  private static String method(Fields request) {
    return request.text("method").orElse("POST");
  }

  /** A queue's schedules; {@link #check} has found nothing. */
  List<ScheduleOptions> of(String queue, Fields fields) {
    List<ScheduleOptions> schedules = new ArrayList<>();
    for (Value value : fields.items("schedule")) {
      Fields schedule = (Fields) value;
      Fields request = schedule.section("request");
      schedules.add(
          new ScheduleOptions(
              schedule.text("name").orElseGet(() -> request.text("path").orElseThrow()),
              new CronPlan(schedule.text("cron").orElseThrow()),
              ZoneId.of(schedule.text("zone").orElse("UTC")),
              misfire(schedule.text("misfire").orElse("latest")),
              schedule
                  .get("overlap", ScheduleOptions.Overlap.class)
                  .orElse(ScheduleOptions.Overlap.ALLOW),
              JobRequest.of(queue, route(request).orElseThrow().id(), call(request))));
    }
    return schedules;
  }

  private static ScheduleOptions.Misfire misfire(String word) {
    return switch (word) {
      case "skip" -> ScheduleOptions.Misfire.SKIP;
      case "latest" -> ScheduleOptions.Misfire.LATEST;
      default -> new ScheduleOptions.Misfire(Integer.parseInt(word));
    };
  }

  private static JobCall call(Fields request) {
    List<String> headers = new ArrayList<>();
    for (Map.Entry<String, String> field : request.texts("headers").entrySet()) {
      headers.add(field.getKey());
      headers.add(field.getValue());
    }
    boolean typed =
        request.texts("headers").keySet().stream().anyMatch("content-type"::equalsIgnoreCase);
    if (request.has("json") && !typed) {
      headers.add("content-type");
      headers.add("application/json");
    }
    headers.add(":host");
    headers.add(host(request));
    String body = request.text("json").or(() -> request.text("body")).orElse("");
    return new JobCall(
        method(request),
        request.text("path").orElseThrow(),
        new JobHeaders(headers),
        Buffer.buffer(body));
  }
}
