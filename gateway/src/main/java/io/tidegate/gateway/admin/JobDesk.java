package io.tidegate.gateway.admin;

import io.tidegate.gateway.admin.Operations.Question;
import io.tidegate.gateway.config.Nearest;
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
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
 * <tr><td>GET /schedules; PUT and DELETE /schedules/{queue}/{name}<td>200; 204; 409
 * </table>
 */
final class JobDesk {
  private static final int MOST = 10_000;
  private static final String LINKS = "/jobs";

  private final Operations operations;

  JobDesk(Operations operations) {
    this.operations = operations;
  }

  /** Every question goes through here: without queues there is nothing to ask. */
  private Future<Answer> with(Function<Jobs, Future<Answer>> work) {
    return operations
        .jobs()
        .map(
            jobs ->
                Future.succeededFuture(jobs)
                    .compose(work)
                    .recover(
                        failure ->
                            failure instanceof IllegalArgumentException
                                ? problem(400, failure.getMessage())
                                : problem(503, "The jobs do not answer.")))
        .orElseGet(() -> problem(404, "This node has no queues."));
  }

  private static Future<Answer> problem(int status, String detail) {
    return Future.succeededFuture(Answer.problem(status, detail));
  }

  Future<Answer> queues() {
    return with(
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
    return known(name, (jobs, queue) -> Future.succeededFuture(Answer.ok(JobJson.of(queue))));
  }

  /** Work on a queue that there is. */
  private interface OnQueue {
    Future<Answer> apply(Jobs jobs, QueueStatus queue);
  }

  private Future<Answer> known(String name, OnQueue work) {
    return with(
        jobs ->
            jobs.queues()
                .compose(
                    all ->
                        all.stream()
                            .filter(queue -> queue.queue().equals(name))
                            .findFirst()
                            .map(queue -> work.apply(jobs, queue))
                            .orElseGet(() -> problem(404, noSuch(name, all)))));
  }

  private static String noSuch(String name, List<QueueStatus> all) {
    List<String> names = all.stream().map(QueueStatus::queue).sorted().toList();
    return "There is no queue "
        + name
        + Nearest.to(name, names)
            .map(near -> "; did you mean " + near + "?")
            .orElse("; there are " + String.join(", ", names) + ".");
  }

  Future<Answer> mode(String name, QueueStatus.Mode mode) {
    return known(
        name,
        (jobs, queue) ->
            queue.configured()
                ? jobs.mode(name, mode).compose(done -> queue(name))
                : problem(409, "The queue is not configured: its jobs wait until it is again."));
  }

  Future<Answer> dead(String name, String query) {
    return known(
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
    return with(
        jobs -> {
          JobQuery asked = JobQuery.read(query);
          return page(jobs, asked.filter(), asked);
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
    return with(
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
    return known(
        name,
        (jobs, queue) -> {
          JsonObject wish = object(body);
          boolean dry = flag(wish, "dry_run");
          Future<Integer> count =
              wish.containsKey("ids")
                  ? requeue(jobs, name, ids(wish), dry)
                  : jobs.requeue(filter(name, wish), limit(wish.getValue("limit")), dry);
          return count.map(
              moved -> Answer.ok(new JsonObject().put("requeued", moved).put("dry_run", dry)));
        });
  }

  private static JsonObject object(Buffer body) {
    try {
      return body == null || body.length() == 0 ? new JsonObject() : new JsonObject(body);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("expected a JSON object");
    }
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
    return known(
        name,
        (jobs, queue) ->
            jobs.purgeDead(name, limit(limit.orElse(null)))
                .map(count -> Answer.ok(new JsonObject().put("purged", count))));
  }

  Future<Answer> schedules() {
    return with(
        jobs ->
            jobs.schedules()
                .map(
                    all -> {
                      JsonArray json = new JsonArray();
                      all.forEach(schedule -> json.add(JobJson.of(schedule)));
                      return Answer.ok(new JsonObject().put("schedules", json));
                    }));
  }

  Future<Answer> putSchedule(String queue, String name, Buffer body) {
    return known(
        queue,
        (jobs, known) -> {
          ScheduleWish wish = ScheduleWish.read(name, object(body));
          return operations
              .explain(new Question(wish.call().method(), wish.call().uri(), wish.headers()))
              .compose(
                  explained -> {
                    String route = explained.getString("route");
                    if (route == null) {
                      return problem(400, "request: no route takes it");
                    }
                    return jobs.putSchedule(wish.options(queue, route))
                        .map(done -> Answer.json(200, new JsonObject().put("name", name)))
                        .otherwise(failure -> Answer.problem(409, failure.getMessage()));
                  });
        });
  }

  Future<Answer> removeSchedule(String queue, String name) {
    return with(
        jobs ->
            jobs.removeSchedule(queue, name)
                .map(
                    there ->
                        there
                            ? Answer.ok(new JsonObject().put("removed", name))
                            : Answer.problem(404, "There is no such schedule."))
                .otherwise(failure -> Answer.problem(409, failure.getMessage())));
  }
}
