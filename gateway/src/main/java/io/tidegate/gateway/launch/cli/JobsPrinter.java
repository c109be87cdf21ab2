package io.tidegate.gateway.launch.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** Answers about jobs, as tables for people. */
final class JobsPrinter {
  private static final List<String> STATES =
      List.of("scheduled", "queued", "running", "retrying", "dead", "succeeded", "failed");

  private final PrintStream out;

  JobsPrinter(PrintStream out) {
    this.out = out;
  }

  void print(JsonObject json) {
    if (json.containsKey("jobs")) {
      jobs(json);
    } else if (json.containsKey("queues")) {
      queues(json.getJsonArray("queues"));
    } else if (json.containsKey("schedules")) {
      schedules(json.getJsonArray("schedules"));
    } else if (json.containsKey("attempts_log")) {
      job(json);
    } else if (json.containsKey("requeued")) {
      boolean dry = Boolean.TRUE.equals(json.getBoolean("dry_run"));
      out.println((dry ? "would be put back: " : "put back: ") + json.getValue("requeued"));
    } else if (json.containsKey("purged")) {
      out.println("forgotten: " + json.getValue("purged"));
    } else if (json.containsKey("mode")) {
      out.println(json.getString("queue") + ": " + json.getString("mode"));
    } else {
      Table table = new Table();
      table.addAll("", json);
      table.print(out);
    }
  }

  /** What became of one job. */
  void changed(JsonObject job) {
    out.println(job.getString("id") + ": " + job.getString("state"));
  }

  private void jobs(JsonObject page) {
    Grid grid = new Grid("id", "state", "queue", "route", "attempts", "created_at", "last_error");
    for (JsonObject job : objects(page.getJsonArray("jobs"))) {
      grid.add(
          job.getString("id"),
          job.getString("state"),
          job.getString("queue"),
          job.getString("route"),
          job.getValue("attempts") + "/" + job.getValue("max_attempts"),
          job.getString("created_at"),
          error(job.getJsonObject("last_error")));
    }
    if (grid.isEmpty()) {
      out.println("no jobs");
      return;
    }
    grid.print(out);
    if (page.containsKey("next")) {
      out.println("more: --cursor " + page.getString("next"));
    }
  }

  private static String error(JsonObject error) {
    if (error == null) {
      return null;
    }
    String status = error.containsKey("status") ? " " + error.getValue("status") : "";
    return error.getString("type") + status + ": " + error.getString("message");
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }

  private void job(JsonObject job) {
    JsonArray runs = job.getJsonArray("attempts_log");
    JsonObject rest = job.copy();
    rest.remove("attempts_log");
    rest.remove("links");
    Table table = new Table();
    table.addAll("", rest);
    table.print(out);
    if (runs.isEmpty()) {
      return;
    }
    out.println();
    Grid grid = new Grid("run", "started_at", "ms", "outcome", "status", "error");
    for (JsonObject run : objects(runs)) {
      grid.add(
          run.getValue("delivery"),
          run.getString("started_at"),
          run.getValue("duration_ms"),
          run.getString("outcome"),
          run.getValue("status"),
          error(run.getJsonObject("error")));
    }
    grid.print(out);
  }

  private void queues(JsonArray queues) {
    Grid grid = new Grid("queue", "mode", "waiting_ms", "bytes", "jobs");
    for (JsonObject queue : objects(queues)) {
      JsonObject depth = queue.getJsonObject("depth");
      String jobs =
          STATES.stream()
              .filter(state -> depth.getLong(state, 0L) > 0)
              .map(state -> depth.getLong(state) + " " + state)
              .collect(Collectors.joining(", "));
      boolean configured = !Boolean.FALSE.equals(queue.getBoolean("configured"));
      grid.add(
          queue.getString("queue"),
          configured ? queue.getString("mode") : "not configured",
          queue.getValue("oldest_ready_ms"),
          queue.getValue("bytes"),
          jobs.isEmpty() ? "none" : jobs);
    }
    grid.print(out);
  }

  private void schedules(JsonArray schedules) {
    Grid grid = new Grid("queue", "name", "cron", "zone", "next_at", "last_at", "from");
    for (JsonObject one : objects(schedules)) {
      grid.add(
          one.getString("queue"),
          one.getString("name"),
          one.getString("cron"),
          one.getString("zone"),
          one.getString("next_at"),
          one.getString("last_at"),
          Boolean.TRUE.equals(one.getBoolean("configured")) ? "file" : "operator");
    }
    if (grid.isEmpty()) {
      out.println("no schedules");
    } else {
      grid.print(out);
    }
  }
}
