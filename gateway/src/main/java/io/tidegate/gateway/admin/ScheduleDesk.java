package io.tidegate.gateway.admin;

import io.tidegate.gateway.admin.Operations.Question;
import io.tidegate.gateway.offload.JobJson;
import io.tidegate.worker.api.Jobs;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/**
 * What operators ask of schedules: GET /schedules; GET, PUT and DELETE /schedules/{queue}/{name},
 * of which the last two are for those that are not in the file.
 */
record ScheduleDesk(JobDoor door) {
  Future<Answer> all() {
    return door.with(
        jobs ->
            jobs.schedules()
                .map(
                    all -> {
                      JsonArray json = new JsonArray();
                      all.forEach(schedule -> json.add(JobJson.of(schedule)));
                      return Answer.ok(new JsonObject().put("schedules", json));
                    }));
  }

  Future<Answer> one(String queue, String name) {
    return door.with(jobs -> one(jobs, queue, name));
  }

  private static Future<Answer> one(Jobs jobs, String queue, String name) {
    return jobs.schedules()
        .map(
            all ->
                all.stream()
                    .filter(one -> one.queue().equals(queue) && one.options().name().equals(name))
                    .findFirst()
                    .map(one -> Answer.ok(JobJson.of(one)))
                    .orElseGet(() -> Answer.problem(404, "There is no such schedule.")));
  }

  Future<Answer> put(String queue, String name, Buffer body) {
    return door.known(
        queue,
        (jobs, known) -> {
          ScheduleWish wish = ScheduleWish.read(name, JobDoor.object(body));
          return door.operations()
              .explain(new Question(wish.call().method(), wish.call().uri(), wish.headers()))
              .compose(
                  explained -> {
                    String route = explained.getString("route");
                    if (route == null) {
                      return JobDoor.problem(400, "request: no route takes it");
                    }
                    return jobs.putSchedule(wish.options(queue, route))
                        .compose(done -> one(jobs, queue, name))
                        .otherwise(failure -> Answer.problem(409, failure.getMessage()));
                  });
        });
  }

  Future<Answer> remove(String queue, String name) {
    return door.with(
        jobs ->
            jobs.removeSchedule(queue, name)
                .compose(
                    there ->
                        there
                            ? Future.succeededFuture(
                                Answer.ok(new JsonObject().put("removed", name)))
                            : one(jobs, queue, name).map(ScheduleDesk::notRemoved)));
  }

  private static Answer notRemoved(Answer found) {
    return found.status() == 200
        ? Answer.problem(409, "The schedule is in the file, and is removed there.")
        : found;
  }
}
