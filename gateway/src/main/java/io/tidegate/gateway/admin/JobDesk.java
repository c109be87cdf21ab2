package io.tidegate.gateway.admin;

import io.tidegate.gateway.offload.JobJson;
import io.tidegate.gateway.offload.JobQuery;
import io.tidegate.gateway.offload.Pages;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.QueueStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What operators ask of jobs and queues. Requests belong to clients, and are shown when they are
 * asked for; results never.
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><td>GET /queues, /queues/{queue}<td>200 with mode, depth by state, bytes, oldest ready
 * <tr><td>POST /queues/{queue}/pause, /resume, /drain<td>200, the queue
 * <tr><td>GET /queues/{queue}/dead<td>200, a page of dead jobs
 * <tr><td>POST /queues/{queue}/dead/requeue<td>{@code {"ids":[…]}} or {@code
 *     {"filter":{"route":"…","state":["dead"],"since":"…","until":"…","error":"…"},"limit":100}}, with {@code
 *     "dry_run":true} only counted: 200 {@code {"requeued":5,"dry_run":false}}
 * <tr><td>DELETE /queues/{queue}/dead?limit=<td>200 {@code {"purged":5}}
 * <tr><td>GET /jobs, /jobs/{id}<td>200, as clients see them, of all clients
 * <tr><td>GET /jobs/{id}/request<td>200, what it is to do; body, query and fields of clients only
 *     with {@code ?reveal=true}
 * <tr><td>POST /jobs/{id}/cancel, /retry; DELETE /jobs/{id}<td>200; 202; 204; 409
 * </table>
 */
final class JobDesk {
  private static final int MOST = 10_000;
  private static final String LINKS = "/jobs";

  private final JobDoor door;

  JobDesk(JobDoor door) {
    this.door = door;
  }

  Future<Answer> queues() {
    return door.with(
        jobs ->
            jobs.queues()
                .map(
                    all -> {
                      JsonArray json = new JsonArray();
                      all.forEach(queue -> json.add(JobJson.of(queue)));
                      return Answer.ok(new JsonObject().put("queues", json));
                    }));
  }

  Future<Answer> queue(String name) {
    return door.known(name, (jobs, queue) -> Future.succeededFuture(Answer.ok(JobJson.of(queue))));
  }

  Future<Answer> mode(String name, QueueStatus.Mode mode) {
    return door.known(
        name,
        (jobs, queue) ->
            queue.configured()
                ? jobs.mode(name, mode).compose(done -> queue(name))
                : JobDoor.problem(
                    409, "The queue is not configured: its jobs wait until it is again."));
  }

  Future<Answer> dead(String name, String query) {
    return door.known(
        name,
        (jobs, queue) -> {
          JobQuery asked = JobQuery.read(query);
          JobFilter dead = asked.filter().withQueue(name).withStates(JobState.DEAD);
          return page(jobs, dead, asked);
        });
  }

  private static Future<Answer> page(Jobs jobs, JobFilter filter, JobQuery asked) {
    return jobs.list(filter, asked.after(), asked.limit())
        .map(page -> Answer.ok(Pages.document(page, LINKS)));
  }

  Future<Answer> list(String query) {
    return door.with(
        jobs -> {
          JobQuery asked = JobQuery.read(query);
          // An empty page for a queue that there is not would hide a slip of the pen.
          return asked
              .filter()
              .queue()
              .map(name -> door.known(name, (same, queue) -> page(same, asked.filter(), asked)))
              .orElseGet(() -> page(jobs, asked.filter(), asked));
        });
  }

  Future<Answer> job(String id) {
    return one(
        id,
        (jobs, known) ->
            jobs.get(known)
                .map(
                    found ->
                        found instanceof JobLookup.Found there
                            ? Answer.ok(JobJson.of(there.status(), LINKS))
                            : gone(found instanceof JobLookup.Purged)));
  }

  /** What it is to do; what may be secret only when {@code reveal} is {@code true}. */
  Future<Answer> request(String id, Optional<String> reveal) {
    boolean all = reveal.filter("true"::equals).isPresent();
    return one(
        id,
        (jobs, known) ->
            jobs.input(known)
                .map(
                    found ->
                        found
                            .map(call -> Answer.ok(RequestJson.of(call, all)))
                            .orElseGet(() -> gone(false))));
  }

  private static Answer gone(boolean purged) {
    return purged
        ? Answer.problem(410, "The job was forgotten.")
        : Answer.problem(404, "There is no such job.");
  }

  /** Work on a job that may be there. */
  private interface OnJob {
    Future<Answer> apply(Jobs jobs, JobId id);
  }

  private Future<Answer> one(String id, OnJob work) {
    return door.with(
        jobs ->
            JobId.parse(id)
                .map(known -> work.apply(jobs, known))
                .orElseGet(() -> Future.succeededFuture(gone(false))));
  }

  Future<Answer> cancel(String id) {
    return one(id, (jobs, known) -> jobs.cancel(known).map(change -> changed(change, 200)));
  }

  Future<Answer> retry(String id) {
    return one(id, (jobs, known) -> jobs.retry(known).map(change -> changed(change, 202)));
  }

  Future<Answer> delete(String id) {
    return one(id, (jobs, known) -> jobs.delete(known).map(change -> changed(change, 200)));
  }

  private static Answer changed(JobChange change, int status) {
    if (change instanceof JobChange.Done done) {
      return Answer.json(status, JobJson.of(done.status(), LINKS));
    }
    if (change instanceof JobChange.Requested requested) {
      return Answer.json(202, JobJson.of(requested.status(), LINKS));
    }
    if (change instanceof JobChange.Conflict conflict) {
      return Answer.problem(409, "The job is " + conflict.status().state().label() + ".");
    }
    return gone(change instanceof JobChange.Purged);
  }

  Future<Answer> requeue(String name, Buffer body) {
    return door.known(
        name,
        (jobs, queue) -> {
          JsonObject wish = JobDoor.object(body);
          boolean dry = flag(wish, "dry_run");
          Future<Integer> count =
              wish.containsKey("ids")
                  ? requeue(jobs, name, ids(wish), dry)
                  : jobs.requeue(filter(name, wish), limit(wish.getValue("limit")), dry);
          return count.map(
              moved -> Answer.ok(new JsonObject().put("requeued", moved).put("dry_run", dry)));
        });
  }

  private static boolean flag(JsonObject json, String key) {
    if (json.getValue(key, false) instanceof Boolean set) {
      return set;
    }
    throw new IllegalArgumentException(key + ": expected true or false");
  }

  private static List<JobId> ids(JsonObject wish) {
    if (!(wish.getValue("ids") instanceof JsonArray ids) || ids.isEmpty() || ids.size() > MOST) {
      throw new IllegalArgumentException("ids: expected a list of 1 to " + MOST);
    }
    return ids.stream()
        .map(
            id ->
                JobId.parse(String.valueOf(id))
                    .orElseThrow(() -> new IllegalArgumentException("ids: no such id: " + id)))
        .toList();
  }

  /** One by one: an id that is unknown, or whose job is not to be put back, is left out. */
  private static Future<Integer> requeue(Jobs jobs, String queue, List<JobId> ids, boolean dry) {
    Future<Integer> count = Future.succeededFuture(0);
    for (JobId id : ids) {
      count =
          count.compose(
              before ->
                  jobs.get(id)
                      .compose(
                          found ->
                              found instanceof JobLookup.Found there
                                      && there.status().queue().equals(queue)
                                      && there.status().state().requeueable()
                                  ? dry
                                      ? Future.succeededFuture(before + 1)
                                      : jobs.retry(id)
                                          .map(
                                              c ->
                                                  c instanceof JobChange.Done ? before + 1 : before)
                                  : Future.succeededFuture(before)));
    }
    return count;
  }

  private static JobFilter filter(String queue, JsonObject wish) {
    JobFilter filter = JobFilter.ALL.withQueue(queue).withStates(JobState.DEAD);
    if (!(wish.getValue("filter", new JsonObject()) instanceof JsonObject json)) {
      throw new IllegalArgumentException("filter: expected an object");
    }
    for (String key : json.fieldNames()) {
      String value = String.valueOf(json.getValue(key));
      filter =
          switch (key) {
            case "route" -> filter.withRoute(value);
            case "since" -> filter.withSince(time("since", value));
            case "until" -> filter.withUntil(time("until", value));
            case "error" -> filter.withError(value);
            case "state" -> filter.withStates(states(json.getValue(key)));
            default ->
                throw new IllegalArgumentException(
                    "filter." + key + ": expected route, state, since, until, error");
          };
    }
    return filter;
  }

  private static Instant time(String name, String value) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "filter." + name + ": expected a time such as 2031-05-04T03:00:00Z");
    }
  }

  private static JobState[] states(Object value) {
    List<?> labels = value instanceof JsonArray several ? several.getList() : List.of(value);
    return labels.stream()
        .map(
            label ->
                JobState.of(String.valueOf(label))
                    .filter(JobState::requeueable)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "state: expected dead, failed, canceled or expired")))
        .collect(Collectors.toSet())
        .toArray(JobState[]::new);
  }

  private static int limit(Object value) {
    if (value == null) {
      return MOST;
    }
    String text = String.valueOf(value);
    if (text.matches("[0-9]{1,5}")) {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    }
    throw new IllegalArgumentException("limit: expected 1 to " + MOST);
  }

  Future<Answer> purge(String name, Optional<String> limit) {
    return door.known(
        name,
        (jobs, queue) ->
            jobs.purgeDead(name, limit(limit.orElse(null)))
                .map(count -> Answer.ok(new JsonObject().put("purged", count))));
  }
}
