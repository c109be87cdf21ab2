package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.BackoffPlan;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.JobTerms;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Performer;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.RetryPlan;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A worker with a store of its own, and a client of it. */
abstract class WorkerFixture {
  static final Duration SECOND = Duration.ofSeconds(1);
  static final RetryPlan QUICK =
      new RetryPlan(
          3,
          new BackoffPlan(Duration.ofMillis(10), Duration.ofMillis(20), BackoffPlan.Jitter.NONE));
  static final QueueOptions QUEUE = QueueOptions.DEFAULTS.withRetry(QUICK);

  @TempDir Path folder;
  final Vertx vertx = Vertx.vertx();
  final BlockingQueue<String> buried = new LinkedBlockingQueue<>();
  Jobs jobs;
  String deployment;

  @BeforeEach
  void client() {
    jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  void start(Map<String, QueueOptions> queues) {
    start(queues, SECOND);
  }

  void start(Map<String, QueueOptions> queues, Duration grace) {
    Events events = event -> buried.add(event.message());
    JobsOptions options =
        new JobsOptions(new StoreOptions.Embedded(folder, 0), queues, JobsOptions.LEASE, grace);
    deployment = await(vertx.deployVerticle(new WorkerVerticle(options, JobMeters.NONE, events)));
  }

  void start(Performer performer, QueueOptions queue) {
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, performer));
    start(Map.of("q", queue));
  }

  static JobRequest request(String text) {
    return JobRequest.of(
        "q", "orders", new JobCall("POST", "/" + text, JobHeaders.NONE, Buffer.buffer(text)));
  }

  static JobRequest request(String text, UnaryOperator<JobTerms> terms) {
    return request(text).withTerms(terms.apply(JobTerms.DEFAULT));
  }

  JobId submit(JobRequest request) {
    Submission answer = await(jobs.submit(request));
    assertThat(answer).isInstanceOf(Accepted.class);
    return ((Accepted) answer).id();
  }

  /** Waits, with long polls, until a job is over. */
  JobStatus over(JobId id) {
    JobStatus status = status(id, Long.MAX_VALUE);
    for (int i = 0; i < 100 && !status.state().terminal(); i++) {
      status = status(id, status.version());
    }
    assertThat(status.state().terminal()).isTrue();
    return status;
  }

  JobStatus status(JobId id, long beyond) {
    return ((JobLookup.Found) await(jobs.get(id, beyond, SECOND.multipliedBy(10)))).status();
  }

  static Future<Outcome> echo(Run run) {
    return Future.succeededFuture(
        new Outcome.Succeeded(new JobResult(200, JobHeaders.NONE, run.delivery().call().body())));
  }
}
