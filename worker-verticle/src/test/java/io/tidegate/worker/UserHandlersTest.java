package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.RetryPlan;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Handlers that users bring, and what they may do wrong. */
@Timeout(60)
class UserHandlersTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private JobsOptions handledBy(String handler) {
    QueueOptions queue =
        QueueOptions.DEFAULTS
            .withHandler(JobHandler.address(handler))
            .withRetry(new RetryPlan(1, RetryPlan.DEFAULTS.backoff()));
    return new JobsOptions(new StoreOptions.Embedded(folder, 0), Map.of("q", queue));
  }

  @ParameterizedTest
  @CsvSource({
    "/error, too deep",
    "/link, com/example/Gone",
    "/null, the handler returned null",
  })
  void whateverEndsAHandlerEndsItsRun(String uri, String said) {
    await(
        vertx.deployVerticle(
            new WorkerVerticle(handledBy("blocking"), JobMeters.NONE, Events.NONE)));
    Jobs jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
    var made = await(jobs.submit(JobRequest.of("q", "r", new JobCall("POST", uri))));
    JobId id = ((Accepted) made).id();

    JobStatus status = status(jobs, id, 0);
    while (!status.state().terminal()) {
      status = status(jobs, id, status.version());
    }

    assertThat(status.state()).isEqualTo(JobState.DEAD);
    assertThat(status.lastError().orElseThrow().message()).contains(said);
  }

  private static JobStatus status(Jobs jobs, JobId id, long beyond) {
    return ((JobLookup.Found) await(jobs.get(id, beyond, Duration.ofSeconds(10)))).status();
  }

  @Test
  void aHandlerThatNobodyBroughtIsAnErrorThatNamesThoseThereAre() {
    assertThat(WorkerVerticle.missing(handledBy("blocking"))).isEmpty();
    assertThat(WorkerVerticle.missing(handledBy("blokking")))
        .singleElement()
        .satisfies(
            error ->
                assertThat(error).contains("queues.q.handler", "found blokking", "(blocking)"));

    Future<String> started =
        vertx.deployVerticle(
            new WorkerVerticle(handledBy("blokking"), JobMeters.NONE, Events.NONE));
    assertThat(await(started.map("started").otherwise(Throwable::getMessage)))
        .contains("queues.q.handler");
  }
}
