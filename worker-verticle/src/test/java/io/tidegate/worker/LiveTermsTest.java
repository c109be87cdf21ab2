package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.BatchPlan;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.RatePlan;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.Submission.Refused;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues that come, go and change while jobs run. */
@Timeout(60)
class LiveTermsTest {
  private static final Duration LONG = Duration.ofSeconds(10);
  private static final QueueOptions QUEUE = QueueOptions.DEFAULTS.withConcurrency(1);

  /** A run that ends when it is told to. */
  private record Held(JobId id, Promise<Outcome> end) {
    void finish() {
      end.complete(new Outcome.Succeeded(JobResult.EMPTY));
    }
  }

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Held> started = new LinkedBlockingQueue<>();
  private Jobs jobs;
  private WorkerVerticle worker;

  @BeforeEach
  void client() {
    jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, this::hold));
  }

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

  private Future<Outcome> hold(Run run) {
    Promise<Outcome> end = Promise.promise();
    started.add(new Held(run.delivery().id(), end));
    return end.future();
  }

  private JobsOptions terms(Map<String, QueueOptions> queues) {
    return new JobsOptions(
        new StoreOptions.Embedded(folder, 0), queues, JobsOptions.LEASE, Duration.ZERO);
  }

  private void start(QueueOptions queue) {
    worker = new WorkerVerticle(terms(Map.of("q", queue)), JobMeters.NONE, Events.NONE);
    await(vertx.deployVerticle(worker));
  }

  private void change(Map<String, QueueOptions> queues) {
    await(worker.configure(terms(queues)));
  }

  private Submission ask(String queue) {
    return await(jobs.submit(JobRequest.of(queue, "orders", new JobCall("POST", "/x"))));
  }

  private JobId submit(String queue) {
    return ((Accepted) ask(queue)).id();
  }

  private Held next() throws InterruptedException {
    Held held = started.poll(10, TimeUnit.SECONDS);
    assertThat(held).as("a run").isNotNull();
    return held;
  }

  private JobState state(JobId id) {
    return ((JobLookup.Found) await(jobs.get(id, Long.MAX_VALUE, Duration.ZERO))).status().state();
  }

  private JobState over(JobId id) {
    var status = ((JobLookup.Found) await(jobs.get(id, 0, LONG))).status();
    while (!status.state().terminal()) {
      status = ((JobLookup.Found) await(jobs.get(id, status.version(), LONG))).status();
    }
    return status.state();
  }

  private QueueStatus queue(String name) {
    return await(jobs.queues()).stream()
        .filter(one -> one.queue().equals(name))
        .findAny()
        .orElseThrow();
  }

  @Test
  void moreOrFewerRunAtOnceFromNowOn() throws Exception {
    start(QUEUE.withConcurrency(3));
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      ids.add(submit("q"));
    }
    List<Held> three = List.of(next(), next(), next());

    change(Map.of("q", QUEUE.withConcurrency(1)));
    three.get(0).finish();
    three.get(1).finish();
    over(three.get(0).id());
    over(three.get(1).id());
    assertThat(queue("q").running()).isEqualTo(1);
    three.get(2).finish();
    Held one = next();
    over(three.get(2).id());
    assertThat(queue("q").running()).isEqualTo(1);

    change(Map.of("q", QUEUE.withConcurrency(5)));
    List<Held> five = List.of(one, next(), next(), next(), next());
    assertThat(queue("q").running()).isEqualTo(5);
    five.forEach(Held::finish);
    next().finish();
    for (JobId id : ids) {
      assertThat(over(id)).isEqualTo(JobState.SUCCEEDED);
    }
    assertThat(started).as("each ran once").isEmpty();
  }

  @Test
  void aQueueThatIsGoneLetsRunsEndAndKeepsWhatWaitsUntilItIsBack() throws Exception {
    start(QUEUE);
    JobId first = submit("q");
    JobId second = submit("q");
    Held running = next();

    change(Map.of());
    assertThat(ask("q"))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Submission.Reason.UNKNOWN_QUEUE));
    running.finish();
    assertThat(over(first)).isEqualTo(JobState.SUCCEEDED);
    assertThat(state(second)).isEqualTo(JobState.QUEUED);
    assertThat(queue("q").configured()).isFalse();
    assertThat(queue("q").count(JobState.QUEUED)).isEqualTo(1);

    change(Map.of("q", QUEUE));
    next().finish();
    assertThat(over(second)).isEqualTo(JobState.SUCCEEDED);
    assertThat(queue("q").configured()).isTrue();
    assertThat(started).isEmpty();
  }

  @Test
  void aNewQueueTakesAndRunsJobs() throws Exception {
    start(QUEUE);
    assertThat(ask("later")).isInstanceOf(Refused.class);

    change(Map.of("q", QUEUE, "later", QUEUE));
    JobId id = submit("later");
    next().finish();

    assertThat(over(id)).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void whoWaitedForALowRateGoesWhenTheRateIsLifted() throws Exception {
    start(QUEUE.withRate(new RatePlan(1, Duration.ofHours(1))));
    submit("q");
    JobId second = submit("q");
    next().finish();

    change(Map.of("q", QUEUE));
    next().finish();

    assertThat(over(second)).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void whoWaitedForABatchGoesWhenThereAreNone() throws Exception {
    start(QUEUE.withBatch(new BatchPlan(10, Duration.ofSeconds(50))));
    JobId id = submit("q");
    while (queue("q").running() == 0) {
      state(id);
    }

    change(Map.of("q", QUEUE));
    next().finish();

    assertThat(over(id)).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void aJobThatRunsIsHeldWhenLeasesBecomeLonger() throws Exception {
    worker =
        new WorkerVerticle(
            new JobsOptions(
                new StoreOptions.Embedded(folder, 0),
                Map.of("q", QUEUE),
                Duration.ofSeconds(5),
                Duration.ZERO),
            JobMeters.NONE,
            Events.NONE);
    await(vertx.deployVerticle(worker));
    JobId id = submit("q");
    Held held = next();

    change(Map.of("q", QUEUE));
    // Longer than the lease that it began with, and shorter than a third of the new one.
    await(vertx.timer(7, TimeUnit.SECONDS));
    held.finish();

    assertThat(over(id)).isEqualTo(JobState.SUCCEEDED);
    assertThat(started).isEmpty();
  }

  @Test
  void anotherStoreIsRefusedAndChangesNothing() throws Exception {
    start(QUEUE);
    JobsOptions elsewhere =
        new JobsOptions(new StoreOptions.Embedded(folder.resolve("other"), 0), Map.of());

    Optional<Throwable> refused =
        Optional.ofNullable(
            worker
                .configure(elsewhere)
                .map(Optional.<Throwable>empty())
                .otherwise(Optional::of)
                .toCompletionStage()
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS)
                .orElse(null));

    assertThat(refused).get().satisfies(why -> assertThat(why).hasMessageContaining("stores.jobs"));
    submit("q");
    next().finish();
  }
}
