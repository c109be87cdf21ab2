package io.tidegate.gateway.admin;

import io.tidegate.worker.api.CronPlan;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.ScheduleOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A schedule as an operator writes it: {@code {"cron":"0 3 * * *","zone":"UTC","misfire":"latest",
 * "overlap":"allow","request":{"method":"POST","path":"/reports","headers":{},"json":{}}}}.
 *
 * @param call what is asked at each due time
 */
record ScheduleWish(
    String name,
    CronPlan cron,
    ZoneId zone,
    ScheduleOptions.Misfire misfire,
    ScheduleOptions.Overlap overlap,
    JobCall call) {

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException when it makes no sense; the message is for the operator
   */
  static ScheduleWish read(String name, JsonObject json) {
    try {
      return new ScheduleWish(
          name,
          new CronPlan(json.getString("cron", "")),
          zone(json.getString("zone", "UTC")),
          misfire(String.valueOf(json.getValue("misfire", "latest"))),
          ScheduleOptions.Overlap.valueOf(
              json.getString("overlap", "allow").toUpperCase(Locale.ROOT)),
          call(json.getJsonObject("request", new JsonObject())));
    } catch (ClassCastException e) {
      throw new IllegalArgumentException("a value is of the wrong type");
    }
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("zone: expected a time zone such as Europe/Berlin");
    }
  }

  private static ScheduleOptions.Misfire misfire(String text) {
    return switch (text) {
      case "skip" -> ScheduleOptions.Misfire.SKIP;
      case "latest" -> ScheduleOptions.Misfire.LATEST;
      default -> {
        if (!text.matches("[0-9]{1,4}")) {
          throw new IllegalArgumentException("misfire: expected skip, latest or a number");
        }
        yield new ScheduleOptions.Misfire(Integer.parseInt(text));
      }
    };
  }

  private static JobCall call(JsonObject request) {
    String path = request.getString("path", "");
    if (!path.matches("/[!-~]*")) {
      throw new IllegalArgumentException("request.path: expected a path such as /reports");
    }
    List<String> fields = new ArrayList<>();
    for (Map.Entry<String, Object> field : request.getJsonObject("headers", new JsonObject())) {
      fields.add(field.getKey());
      fields.add(String.valueOf(field.getValue()));
    }
    boolean json = request.containsKey("json");
    if (json) {
      fields.add("content-type");
      fields.add("application/json");
    }
    String body = json ? Json.encode(request.getValue("json")) : request.getString("body", "");
    return new JobCall(
        request.getString("method", "POST"), path, new JobHeaders(fields), Buffer.buffer(body));
  }

  /** The fields of the request, for finding its route. */
  List<Map.Entry<String, String>> headers() {
    List<Map.Entry<String, String>> headers = new ArrayList<>();
    List<String> flat = call.headers().flat();
    for (int i = 0; i < flat.size(); i += 2) {
      headers.add(Map.entry(flat.get(i), flat.get(i + 1)));
    }
    return headers;
  }

  ScheduleOptions options(String queue, String route) {
    return new ScheduleOptions(
        name, cron, zone, misfire, overlap, JobRequest.of(queue, route, call));
  }
}
