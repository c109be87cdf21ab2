package io.tidegate.worker.run;

import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobTerms;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.store.Untold;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes a job of each end that somebody wants to be told of. The end is remembered in the same
 * commit that makes it one, and this job has a key: it is made once, whenever the node dies.
 */
final class Callbacks {
  private static final int AT_ONCE = 100;

  private final Parts parts;
  private final Function<JobRequest, Future<Submission>> submit;
  private boolean busy;

  Callbacks(Parts parts, Function<JobRequest, Future<Submission>> submit) {
    this.parts = parts;
    this.submit = submit;
  }

  void tick() {
    if (busy) {
      return;
    }
    busy = true;
    parts
        .store()
        .untold(AT_ONCE)
        .compose(this::tell)
        .onComplete(
            done -> {
              busy = false;
              if (done.succeeded() && done.result() == AT_ONCE) {
                tick();
              }
            });
  }

  private Future<Integer> tell(List<Untold> ends) {
    return Future.all(ends.stream().map(this::tell).toList()).map(all -> ends.size());
  }

  private Future<Void> tell(Untold end) {
    return submit
        .apply(request(end))
        .compose(
            answer ->
                answer instanceof Submission.Accepted
                    ? parts.store().told(end.id(), end.generation())
                    : Future.failedFuture("refused: " + answer));
  }

  /** The handler adds links and signature: both depend on when and where it runs. */
  private JobRequest request(Untold end) {
    JsonObject body =
        new JsonObject()
            .put("type", "job." + end.state().label())
            .put("timestamp", end.finished().toString())
            .put(
                "data",
                new JsonObject().put("id", end.id().toString()).put("state", end.state().label()));
    return new JobRequest(
        JobId.fresh(parts.clock().millis()),
        JobsOptions.CALLBACKS,
        JobsOptions.CALLBACKS,
        end.tenant(),
        new JobCall(
            "POST",
            end.callback(),
            new JobHeaders(List.of("content-type", "application/json")),
            body.toBuffer()),
        JobTerms.DEFAULT,
        Optional.of(
            new IdempotencyKey(
                "callback/" + end.id() + "/" + end.generation(), end.state().label())),
        end.trace());
  }
}
