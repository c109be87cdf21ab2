package io.tidegate.gateway.config;

import io.tidegate.gateway.offload.CallbackOptions;
import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.worker.api.BackoffPlan;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.RatePlan;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.StoreOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is said about jobs as it would be written in the file, secrets hidden. */
final class OffloadJson {
  private OffloadJson() {}

  static JsonObject async(AsyncOptions async) {
    JsonObject json =
        new JsonObject()
            .put("queue", async.queue())
            .put("when", Shapes.word(async.when()))
            .put("callback", async.callback())
            .put("max-wait", Units.write(async.maxWait()))
            .put("keep", new JsonArray(List.copyOf(async.keep())));
    async.batch().ifPresent(path -> json.put("batch", path));
    return json;
  }

  static JsonObject queues(OffloadOptions options) {
    JsonObject json = new JsonObject();
    new TreeMap<>(options.jobs().queues()).forEach((name, queue) -> json.put(name, queue(queue)));
    return json;
  }

  private static JsonObject queue(QueueOptions queue) {
    JsonObject json = new JsonObject().put("concurrency", queue.concurrency());
    queue.rate().ifPresent(rate -> json.put("rate", rate(rate)));
    BackoffPlan backoff = queue.retry().backoff();
    json.put("timeout", Units.write(queue.timeout()))
        .put("deadline", Units.write(queue.deadline()))
        .put("aging", Units.write(queue.aging()))
        .put(
            "retry",
            new JsonObject()
                .put("attempts", queue.retry().attempts())
                .put(
                    "backoff",
                    new JsonObject()
                        .put("base", Units.write(backoff.base()))
                        .put("max", Units.write(backoff.max()))
                        .put("jitter", Shapes.word(backoff.jitter()))))
        .put("max-depth", queue.admission().depth())
        .put("max-bytes", Units.writeSize(queue.admission().bytes()))
        .put("max-body", Units.writeSize(queue.admission().body()))
        .put("result-ttl", Units.write(queue.keep().results()))
        .put("dead-ttl", Units.write(queue.keep().dead()))
        .put("keep", queue.keep().count())
        .put("keep-bytes", Units.writeSize(queue.keep().bytes()))
        .put(
            "batch",
            new JsonObject()
                .put("size", queue.batch().size())
                .put("wait", Units.write(queue.batch().await())));
    if (!queue.handler().equals(QueueOptions.PERFORM)) {
      json.put("handler", queue.handler().substring(JobHandler.address("").length()));
    }
    if (!queue.schedules().isEmpty()) {
      JsonArray schedules = new JsonArray();
      queue.schedules().forEach(schedule -> schedules.add(schedule(schedule)));
      json.put("schedule", schedules);
    }
    return json;
  }

  private static String rate(RatePlan rate) {
    return new Units.Rate(rate.count(), rate.per().toSeconds()).toString();
  }

  private static JsonObject schedule(ScheduleOptions schedule) {
    int runs = schedule.misfire().runs();
    JsonObject request =
        new JsonObject()
            .put("method", schedule.request().call().method())
            .put("path", schedule.request().call().uri());
    Map<String, String> headers = headers(schedule.request().call().headers());
    if (!headers.isEmpty()) {
      request.put("headers", ConfigRedacted.values(headers));
    }
    return new JsonObject()
        .put("name", schedule.name())
        .put("cron", schedule.cron().text())
        .put("zone", schedule.zone().getId())
        .put("misfire", runs == 0 ? "skip" : runs == 1 ? "latest" : Integer.toString(runs))
        .put("overlap", Shapes.word(schedule.overlap()))
        .put("request", request);
  }

  private static Map<String, String> headers(JobHeaders fields) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < fields.flat().size(); i += 2) {
      if (!fields.flat().get(i).startsWith(":")) {
        headers.put(fields.flat().get(i), fields.flat().get(i + 1));
      }
    }
    return headers;
  }

  static JsonObject jobs(OffloadOptions options) {
    JsonObject json = new JsonObject().put("prefix", options.prefix());
    options.scope().ifPresent(header -> json.put("scope", new JsonObject().put("header", header)));
    return json.put("listing", Shapes.word(options.listing()))
        .put("subscribers", options.subscribers())
        .put("max-result", Units.writeSize(options.maxResult()))
        .put("lease", Units.write(options.jobs().lease()))
        .put("grace", Units.write(options.jobs().grace()))
        .put("callbacks", callbacks(options.callbacks()));
  }

  private static JsonObject callbacks(CallbackOptions callbacks) {
    JsonArray networks = new JsonArray();
    callbacks.networks().forEach(block -> networks.add(block.toString()));
    JsonObject json = new JsonObject();
    if (!callbacks.hosts().isEmpty()) {
      json.put("hosts", new JsonArray(callbacks.hosts()));
    }
    json.put("http", callbacks.http()).put("networks", networks);
    if (!callbacks.secrets().isEmpty()) {
      JsonArray hidden = new JsonArray();
      callbacks.secrets().forEach(secret -> hidden.add(ConfigRedacted.HIDDEN));
      json.put("secrets", hidden);
    }
    return json.put("timeout", Units.write(callbacks.timeout()));
  }

  static JsonObject store(StoreOptions store) {
    if (store instanceof StoreOptions.Embedded embedded) {
      return new JsonObject()
          .put("engine", "embedded")
          .put("path", embedded.path().toString())
          .put("disk-floor", Units.writeSize(embedded.diskFloor()));
    }
    if (store instanceof StoreOptions.Redis redis) {
      return new JsonObject()
          .put("engine", "redis")
          .put("timeout", Units.write(redis.timeout()))
          .put("durability", redis.durability().label())
          .put("prefix", redis.prefix());
    }
    throw new AssertionError("unhandled store: " + store);
  }
}
