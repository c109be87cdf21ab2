package io.tidegate.gateway.admin;

import io.tidegate.gateway.config.Nearest;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.QueueStatus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/** Every question about jobs goes through here: to whom there is, and what is wrong with it. */
record JobDoor(Operations operations) {
  /** Without queues there is nothing to ask. */
  Future<Answer> with(Function<Jobs, Future<Answer>> work) {
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

  static Future<Answer> problem(int status, String detail) {
    return Future.succeededFuture(Answer.problem(status, detail));
  }

  /** Work on a queue that there is. */
  interface OnQueue {
    Future<Answer> apply(Jobs jobs, QueueStatus queue);
  }

  Future<Answer> known(String name, OnQueue work) {
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

  /** A body that is empty, or an object. */
  static JsonObject object(Buffer body) {
    try {
      return body == null || body.length() == 0 ? new JsonObject() : new JsonObject(body);
    } catch (DecodeException e) {
      throw new IllegalArgumentException("expected a JSON object");
    }
  }
}
