package io.tidegate.gateway.offload;

import io.tidegate.worker.api.JobAttempt;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobProgress;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.ScheduleStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Jobs and queues as documents, for clients and operators. */
public final class JobJson {
  private JobJson() {}

  /**
   * A job's status document.
   *
   * @param prefix of its links
   */
  public static JsonObject of(JobStatus job, String prefix) {
    JobStatus.Counters counters = job.counters();
    JobStatus.Times times = job.times();
    JsonObject json =
        new JsonObject()
            .put("id", job.id().toString())
            .put("state", job.state().label())
            .put("queue", job.queue())
            .put("route", job.route())
            .put("priority", job.priority())
            .put("attempts", counters.attempts())
            .put("max_attempts", counters.maxAttempts())
            .put("deliveries", counters.deliveries())
            .put("crashes", counters.crashes())
            .put("solo_crashes", counters.soloCrashes())
            .put("deferrals", counters.deferrals())
            .put("generation", job.generation())
            .put("version", job.version())
            .put("created_at", time(times.created()))
            .put("run_at", time(times.runAt()))
            .put("deadline_at", time(times.deadline()));
    times.started().ifPresent(at -> json.put("started_at", time(at)));
    times.finished().ifPresent(at -> json.put("finished_at", time(at)));
    times.expires().ifPresent(at -> json.put("expires_at", time(at)));
    if (!job.group().isEmpty()) {
      json.put("group", job.group());
    }
    if (job.cancelRequested()) {
      json.put("cancel_requested", true);
    }
    job.lastError().ifPresent(error -> json.put("last_error", error(error)));
    JsonArray attempts = new JsonArray();
    job.attempts().forEach(attempt -> attempts.add(attempt(attempt)));
    return json.put("attempts_log", attempts).put("links", links(job.id().toString(), prefix));
  }

  /** The same with what the job's run says of itself. */
  static JsonObject of(JobLookup.Found found, String prefix) {
    JsonObject json = of(found.status(), prefix);
    found.progress().ifPresent(progress -> json.put("progress", progress(progress)));
    return json;
  }

  static JsonObject progress(JobProgress progress) {
    JsonObject json = new JsonObject().put("percent", progress.percent());
    return progress.text().isEmpty() ? json : json.put("text", progress.text());
  }

  static JsonObject links(String id, String prefix) {
    String self = prefix + '/' + id;
    return new JsonObject()
        .put("self", self)
        .put("result", self + "/result")
        .put("events", self + "/events");
  }

  private static JsonObject error(JobError error) {
    JsonObject json = new JsonObject().put("type", error.type());
    if (error.status() != 0) {
      json.put("status", error.status());
    }
    return json.put("message", error.message());
  }

  private static JsonObject attempt(JobAttempt attempt) {
    JsonObject json =
        new JsonObject()
            .put("delivery", attempt.delivery())
            .put("started_at", time(attempt.started()))
            .put("duration_ms", attempt.took().toMillis())
            .put("outcome", attempt.outcome());
    if (attempt.status() != 0) {
      json.put("status", attempt.status());
    }
    attempt.error().ifPresent(error -> json.put("error", error(error)));
    return json;
  }

  /** A queue at a glance. */
  public static JsonObject of(QueueStatus queue) {
    JsonObject depth = new JsonObject();
    for (JobState state : JobState.values()) {
      depth.put(state.label(), queue.count(state));
    }
    return new JsonObject()
        .put("queue", queue.queue())
        .put("mode", queue.mode().name().toLowerCase(Locale.ROOT))
        .put("depth", depth)
        .put("bytes", queue.bytes())
        .put("oldest_ready_ms", queue.oldestReady().toMillis())
        .put("running_here", queue.running())
        .put("configured", queue.configured());
  }

  /** A schedule and how far it is. */
  public static JsonObject of(ScheduleStatus schedule) {
    var options = schedule.options();
    JsonObject json =
        new JsonObject()
            .put("queue", schedule.queue())
            .put("name", options.name())
            .put("cron", options.cron().text())
            .put("zone", options.zone().getId())
            .put("misfire", options.misfire().runs())
            .put("overlap", options.overlap().name().toLowerCase(Locale.ROOT))
            .put("route", options.request().route())
            .put("method", options.request().call().method())
            .put("path", options.request().call().uri())
            .put("configured", schedule.configured());
    // Without a job it is only the time from which on times count.
    schedule
        .job()
        .ifPresent(
            job -> {
              schedule.last().ifPresent(at -> json.put("last_at", time(at)));
              json.put("last_job", job.toString());
            });
    schedule.next().ifPresent(at -> json.put("next_at", time(at)));
    return json;
  }

  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
