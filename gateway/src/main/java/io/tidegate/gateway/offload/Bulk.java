package io.tidegate.gateway.offload;

import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Outcome;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Several jobs as one request, and its answer as an outcome of each: a JSON array there and back,
 * whose items are written as those of a batch that clients submit.
 */
final class Bulk {
  /** Bytes of requests in one call. */
  static final long MOST = 8 << 20;

  private static final int LARGEST_ANSWER = 64 << 20;
  private static final int FIELDS = 4096;

  private Bulk() {}

  /** In what calls they go: a job that was called before goes alone, so that it harms no other. */
  static List<List<Integer>> calls(List<Delivery> jobs) {
    List<List<Integer>> calls = new ArrayList<>();
    List<Integer> together = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < jobs.size(); i++) {
      if (jobs.get(i).attempt() > 1) {
        calls.add(List.of(i));
        continue;
      }
      bytes += jobs.get(i).call().body().length();
      if (bytes > MOST && !together.isEmpty()) {
        calls.add(together);
        together = new ArrayList<>();
        bytes = jobs.get(i).call().body().length();
      }
      together.add(i);
    }
    if (!together.isEmpty()) {
      calls.add(together);
    }
    return calls;
  }

  /**
   * The call of all of them.
   *
   * @param path that takes it
   */
  static Delivery delivery(List<Delivery> jobs, String path) {
    Delivery first = jobs.get(0);
    JsonArray items = new JsonArray();
    jobs.forEach(job -> items.add(item(job)));
    Instant deadline = first.deadline();
    for (Delivery job : jobs) {
      deadline = job.deadline().isBefore(deadline) ? job.deadline() : deadline;
    }
    return new Delivery(
        first.lease(),
        first.queue(),
        first.route(),
        first.tenant(),
        new JobCall("POST", path, CarriedHead.ours(first), items.toBuffer()),
        // The same for no other call: with whom a job goes is another matter each time.
        first.id() + "/" + first.lease().token(),
        first.attempt(),
        first.created(),
        deadline,
        first.timeout(),
        first.trace());
  }

  private static JsonObject item(Delivery job) {
    var head = CarriedHead.head(job);
    JsonObject headers = new JsonObject();
    for (Map.Entry<String, String> field : head.headers()) {
      String before = headers.getString(field.getKey());
      String value = field.getValue();
      headers.put(field.getKey(), before == null ? value : before + ", " + value);
    }
    JsonObject item =
        new JsonObject()
            .put("id", job.id().toString())
            .put("method", job.call().method())
            .put("path", job.call().uri())
            .put("headers", headers);
    String type = head.headers().get("content-type");
    body(item, job.call().body(), type != null && type.contains("json"));
    return item;
  }

  private static void body(JsonObject item, Buffer body, boolean json) {
    if (body.length() == 0) {
      return;
    }
    if (json) {
      try {
        item.put("json", Json.decodeValue(body));
        return;
      } catch (DecodeException notWhatItSays) {
        // It goes as the text that it is.
      }
    }
    byte[] bytes = body.getBytes();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      item.put("body", text);
    } catch (CharacterCodingException binary) {
      item.put("body_base64", bytes);
    }
  }

  /** Bytes of an answer to so many jobs that are read. */
  static long mostAnswer(int jobs, long maxResult) {
    return Math.min(LARGEST_ANSWER, jobs * (2 * maxResult + FIELDS));
  }

  /**
   * What an answer of the upstream means to each job.
   *
   * @param answer to all of them
   * @param retryAfter what it says of when to ask again
   * @param maxResult bytes of one result that are kept
   */
  static List<Outcome> outcomes(
      List<Delivery> jobs,
      JobResult answer,
      Optional<Duration> retryAfter,
      RouteOptions route,
      long maxResult) {
    int status = answer.status();
    if (status < 200 || status >= 300) {
      JobError error = new JobError("batch", status, "the answer to the batch was " + status);
      boolean later = retryAfter.isPresent() && (status == 429 || status == 503);
      return Collections.nCopies(
          jobs.size(),
          later
              ? new Outcome.Deferred(error, retryAfter.get())
              : new Outcome.Retry(error, Optional.empty(), retryAfter));
    }
    Map<String, JsonObject> byId = byId(answer.body());
    return jobs.stream()
        .map(job -> outcome(byId.get(job.id().toString()), route, maxResult))
        .toList();
  }

  private static Map<String, JsonObject> byId(Buffer body) {
    Map<String, JsonObject> byId = new HashMap<>();
    try {
      for (Object each : new JsonArray(body)) {
        if (each instanceof JsonObject item && item.getValue("id") instanceof String id) {
          byId.put(id, item);
        }
      }
    } catch (DecodeException noArray) {
      return Map.of();
    }
    return byId;
  }

  private static Outcome outcome(JsonObject item, RouteOptions route, long maxResult) {
    if (item == null) {
      return Outcome.retry("batch", "the answer to the batch says nothing of it");
    }
    try {
      int status = item.getInteger("status", 0);
      if (status < 200 || status > 599) {
        return Outcome.retry("batch", "its status in the answer to the batch is " + status);
      }
      MultiMap headers = MultiMap.caseInsensitiveMultiMap();
      item.getJsonObject("headers", new JsonObject())
          .forEach(field -> headers.add(field.getKey(), String.valueOf(field.getValue())));
      if (item.containsKey("json") && !headers.contains("content-type")) {
        headers.set("content-type", "application/json");
      }
      Buffer body = BatchItem.body(item);
      boolean large = body.length() > maxResult;
      JobResult result =
          Result.kept(
              status, headers, route, large ? Buffer.buffer() : body, large ? maxResult : -1);
      return Outcome.ofStatus(result, Ends.retryAfter(headers));
    } catch (ClassCastException | IllegalArgumentException malformed) {
      return Outcome.retry("batch", "its item in the answer to the batch is malformed");
    }
  }
}
