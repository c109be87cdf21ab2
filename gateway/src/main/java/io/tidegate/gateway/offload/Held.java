package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobOutput;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/** A client that waits for the end of its job. */
record Held(Intake intake, Exchange exchange, JobId id) {
  /** One question to the jobs waits no longer. */
  private static final Duration ROUND = Duration.ofSeconds(30);

  /** The upstream's answer; empty when there is none in time. */
  Future<Optional<Reply>> result(Duration most) {
    return round(0, System.nanoTime() + most.toNanos());
  }

  private Future<Optional<Reply>> round(long beyond, long end) {
    Duration left = Duration.ofNanos(end - System.nanoTime());
    if (left.isNegative() || left.toMillis() == 0 || exchange.isCancelled()) {
      return Future.succeededFuture(Optional.empty());
    }
    return intake
        .jobs()
        .get(id, beyond, left.compareTo(ROUND) > 0 ? ROUND : left)
        .compose(
            lookup -> {
              if (!(lookup instanceof JobLookup.Found found)) {
                return Future.succeededFuture(Optional.empty());
              }
              return found.status().state().terminal()
                  ? intake.jobs().output(id).map(this::inPlace)
                  : round(found.status().version(), end);
            })
        // The job is there, whatever became of the question: the receipt says so.
        .otherwise(Optional.empty());
  }

  private Optional<Reply> inPlace(JobOutput output) {
    return output instanceof JobOutput.Found found
        ? found
            .result()
            .map(result -> JobReplies.inPlace(found.status(), result, intake.options().prefix()))
        : Optional.empty();
  }
}
