package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.BackoffPlan;
import io.tidegate.worker.api.BatchPlan;
import io.tidegate.worker.api.JobBatch;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobProgress;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.JobTerms;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Performer;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.RatePlan;
import io.tidegate.worker.api.RetryPlan;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.Submission.Refused;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs from the bus to the disk and back. */
class WorkerVerticleTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final RetryPlan QUICK =
      new RetryPlan(
          3,
          new BackoffPlan(Duration.ofMillis(10), Duration.ofMillis(20), BackoffPlan.Jitter.NONE));
  private static final QueueOptions QUEUE = QueueOptions.DEFAULTS.withRetry(QUICK);

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<String> buried = new LinkedBlockingQueue<>();
  private Jobs jobs;
  private String deployment;

  @BeforeEach
  void client() {
    jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
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

  private void start(Map<String, QueueOptions> queues) {
    start(queues, SECOND);
  }

  private void start(Map<String, QueueOptions> queues, Duration grace) {
    Events events = event -> buried.add(event.message());
    JobsOptions options =
        new JobsOptions(new StoreOptions.Embedded(folder, 0), queues, JobsOptions.LEASE, grace);
    deployment = await(vertx.deployVerticle(new WorkerVerticle(options, JobMeters.NONE, events)));
  }

  private void start(Performer performer, QueueOptions queue) {
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, performer));
    start(Map.of("q", queue));
  }

  private static JobRequest request(String text) {
    return JobRequest.of(
        "q", "orders", new JobCall("POST", "/" + text, JobHeaders.NONE, Buffer.buffer(text)));
  }

  private static JobRequest request(String text, UnaryOperator<JobTerms> terms) {
    return request(text).withTerms(terms.apply(JobTerms.DEFAULT));
  }

  private JobId submit(JobRequest request) {
    Submission answer = await(jobs.submit(request));
    assertThat(answer).isInstanceOf(Accepted.class);
    return ((Accepted) answer).id();
  }

  /** Waits, with long polls, until a job is over. */
  private JobStatus over(JobId id) {
    JobStatus status = status(id, Long.MAX_VALUE);
    for (int i = 0; i < 100 && !status.state().terminal(); i++) {
      status = status(id, status.version());
    }
    assertThat(status.state().terminal()).isTrue();
    return status;
  }

  private JobStatus status(JobId id, long beyond) {
    return ((JobLookup.Found) await(jobs.get(id, beyond, SECOND.multipliedBy(10)))).status();
  }

  private static Future<Outcome> echo(Run run) {
    return Future.succeededFuture(
        new Outcome.Succeeded(new JobResult(200, JobHeaders.NONE, run.delivery().call().body())));
  }

  @Test
  void aJobIsDoneAndItsResultIsKept() {
    start(WorkerVerticleTest::echo, QUEUE);
    JobId id = submit(request("hello"));
    assertThat(over(id).state()).isEqualTo(JobState.SUCCEEDED);
    JobOutput.Found output = (JobOutput.Found) await(jobs.output(id));
    assertThat(output.result().orElseThrow().body().toString()).isEqualTo("hello");
  }

  @Test
  void aJobThatFailsIsTriedAgainUntilItSucceeds() {
    AtomicInteger runs = new AtomicInteger();
    List<Integer> attempts = new ArrayList<>();
    start(
        run -> {
          attempts.add(run.delivery().attempt());
          return runs.incrementAndGet() < 3 ? Future.failedFuture("not yet") : echo(run);
        },
        QUEUE);
    JobStatus status = over(submit(request("x")));
    assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(status.counters().attempts()).isEqualTo(2);
    assertThat(status.attempts())
        .extracting(one -> one.outcome())
        .containsExactly("retry", "retry", "succeeded");
    assertThat(attempts).containsExactly(1, 2, 3);
  }

  @Test
  void aJobWithoutAttemptsLeftIsDeadIsReportedAndCanBePutBack() throws Exception {
    AtomicBoolean up = new AtomicBoolean();
    start(run -> up.get() ? echo(run) : Future.failedFuture("down"), QUEUE);
    JobId id = submit(request("x"));
    JobStatus dead = over(id);
    assertThat(dead.state()).isEqualTo(JobState.DEAD);
    assertThat(dead.lastError().orElseThrow().message()).isEqualTo("down");
    assertThat(buried.poll(5, TimeUnit.SECONDS)).contains(id.toString(), "exhausted");
    up.set(true);
    JobFilter all = JobFilter.ALL.withQueue("q");
    assertThat(await(jobs.requeue(all, 10, true))).isEqualTo(1);
    assertThat(await(jobs.requeue(all, 10, false))).isEqualTo(1);
    assertThat(over(id).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(await(jobs.retry(id))).isInstanceOf(JobChange.Conflict.class);
  }

  @Test
  void cancelBreaksARunOff() throws Exception {
    BlockingQueue<Run> running = new LinkedBlockingQueue<>();
    BlockingQueue<JobId> aborted = new LinkedBlockingQueue<>();
    start(
        run -> {
          Promise<Outcome> end = Promise.promise();
          run.onAbort(
              () -> {
                aborted.add(run.delivery().id());
                end.complete(new Outcome.Succeeded(JobResult.EMPTY));
              });
          running.add(run);
          return end.future();
        },
        QUEUE.withConcurrency(1));
    JobId id = submit(request("x"));
    JobId next = submit(request("y"));
    assertThat(running.poll(5, TimeUnit.SECONDS).delivery().id()).isEqualTo(id);
    assertThat(await(jobs.cancel(id))).isInstanceOf(JobChange.Requested.class);
    assertThat(aborted.poll(5, TimeUnit.SECONDS)).isEqualTo(id);
    assertThat(over(id).state()).isEqualTo(JobState.CANCELED);
    assertThat(running.poll(5, TimeUnit.SECONDS).delivery().id()).isEqualTo(next);
    assertThat(await(jobs.cancel(id))).isInstanceOf(JobChange.Done.class);
  }

  @Test
  void aRunThatTakesTooLongIsAbortedAndTriedAgain() {
    AtomicInteger runs = new AtomicInteger();
    AtomicInteger aborts = new AtomicInteger();
    start(
        run -> {
          run.onAbort(aborts::incrementAndGet);
          return runs.incrementAndGet() == 1 ? Promise.<Outcome>promise().future() : echo(run);
        },
        QUEUE.withTimeout(Duration.ofMillis(50)));
    JobStatus status = over(submit(request("x")));
    assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(status.attempts().get(0).error().orElseThrow().type()).isEqualTo("timeout");
    assertThat(aborts).hasValue(1);
  }

  @Test
  void neverMoreThanTheConcurrencyRunAtOnceAndAllAreDone() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    start(
        run -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          return vertx
              .timer(2, TimeUnit.MILLISECONDS)
              .onComplete(any -> now.decrementAndGet())
              .compose(any -> echo(run));
        },
        QUEUE.withConcurrency(4));
    List<Submission> answers =
        await(
            jobs.submitAll(
                new JobBatch(
                    java.util.stream.IntStream.range(0, 100)
                        .mapToObj(i -> request("j" + i))
                        .toList(),
                    true)));
    answers.forEach(answer -> over(((Accepted) answer).id()));
    assertThat(most).hasValue(4);
  }

  @Test
  void aRateSpreadsStarts() {
    ConcurrentLinkedQueue<Long> starts = new ConcurrentLinkedQueue<>();
    start(
        run -> {
          starts.add(System.nanoTime());
          return echo(run);
        },
        QUEUE.withRate(new RatePlan(5, Duration.ofMillis(250))));
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      ids.add(submit(request("j" + i)));
    }
    ids.forEach(this::over);
    List<Long> times = List.copyOf(starts);
    long span = times.get(14) - times.get(0);
    assertThat(Duration.ofNanos(span)).isGreaterThan(Duration.ofMillis(400));
  }

  @Test
  void jobsOfAGroupRunOneAfterTheOtherInTheirOrder() {
    List<String> order = new ArrayList<>();
    AtomicInteger now = new AtomicInteger();
    AtomicInteger fails = new AtomicInteger();
    start(
        run -> {
          assertThat(now.incrementAndGet()).isEqualTo(1);
          order.add(run.delivery().call().uri());
          return vertx
              .timer(1, TimeUnit.MILLISECONDS)
              .onComplete(any -> now.decrementAndGet())
              .compose(
                  any ->
                      fails.incrementAndGet() == 3
                          ? Future.failedFuture("third run fails")
                          : echo(run));
        },
        QUEUE);
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(submit(request("j" + i, terms -> terms.withGroup("g"))));
    }
    ids.forEach(this::over);
    assertThat(order).containsExactly("/j0", "/j1", "/j2", "/j2", "/j3", "/j4", "/j5");
  }

  @Test
  void whileAnUpstreamIsAwayJobsWaitUntouchedAndAreThenTriedWithCare() {
    AtomicBoolean up = new AtomicBoolean();
    AtomicInteger now = new AtomicInteger();
    List<Integer> together = new ArrayList<>();
    List<String> order = new ArrayList<>();
    AtomicInteger away = new AtomicInteger();
    start(
        run -> {
          if (!up.get()) {
            away.incrementAndGet();
            return Future.succeededFuture(
                new Outcome.Deferred(new JobError("breaker", 0, "open"), Duration.ofMillis(100)));
          }
          together.add(now.incrementAndGet());
          order.add(run.delivery().call().uri());
          return vertx
              .timer(5, TimeUnit.MILLISECONDS)
              .onComplete(any -> now.decrementAndGet())
              .compose(any -> echo(run));
        },
        QUEUE.withConcurrency(8));
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add(submit(request("j" + i)));
    }
    JobStatus first = status(ids.get(0), Long.MAX_VALUE);
    for (int i = 0; i < 50 && first.counters().deferrals() < 3; i++) {
      first = status(ids.get(0), first.version());
    }
    int tried = away.get();
    up.set(true);
    List<JobStatus> all = ids.stream().map(this::over).toList();
    assertThat(tried).isLessThan(40);
    assertThat(all).allMatch(job -> job.counters().attempts() == 0);
    assertThat(all.get(39).counters().deferrals()).isZero();
    // One alone, then two, then four: only then all eight.
    assertThat(together.subList(0, 3)).containsExactly(1, 1, 2);
    List<String> untouched =
        java.util.stream.IntStream.range(20, 40).mapToObj(i -> "/j" + i).toList();
    assertThat(order.stream().filter(untouched::contains)).containsExactlyElementsOf(untouched);
  }

  @Test
  void anAdoptedCallIsTheFirstRunOfItsJob() {
    AtomicInteger runs = new AtomicInteger();
    start(
        run -> {
          runs.incrementAndGet();
          return echo(run);
        },
        QUEUE);
    Promise<Outcome> call = Promise.promise();
    Submission answer = await(jobs.adopt(request("x"), call.future()));
    JobId id = ((Accepted) answer).id();
    assertThat(status(id, Long.MAX_VALUE).state()).isEqualTo(JobState.RUNNING);
    call.complete(new Outcome.Succeeded(new JobResult(201, JobHeaders.NONE, Buffer.buffer())));
    assertThat(over(id).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(runs).hasValue(0);
    Promise<Outcome> failing = Promise.promise();
    Submission other = await(jobs.adopt(request("y"), failing.future()));
    failing.fail("reset");
    JobStatus retried = over(((Accepted) other).id());
    assertThat(retried.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(retried.counters().attempts()).isEqualTo(1);
    assertThat(runs).hasValue(1);
  }

  @Test
  void aRunThatBeginsBeforeItsJobHasAPlaceOfItsQueue() {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger beside = new AtomicInteger();
    start(
        run -> {
          beside.addAndGet(over.get() ? 0 : 1);
          return echo(run);
        },
        QUEUE.withConcurrency(1));
    JobRequest first = request("x");
    assertThat(await(jobs.enter(first.id(), "q", "orders"))).isTrue();
    assertThat(await(jobs.enter(request("y").id(), "q", "orders"))).isFalse();
    JobId waiting = submit(request("z"));
    Promise<Outcome> call = Promise.promise();
    JobId id = ((Accepted) await(jobs.adopt(first, call.future()))).id();
    assertThat(status(waiting, Long.MAX_VALUE).state()).isEqualTo(JobState.QUEUED);

    over.set(true);
    call.complete(new Outcome.Succeeded(JobResult.EMPTY));

    assertThat(over(id).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(over(waiting).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(beside).hasValue(0);
    JobId gone = request("gone").id();
    assertThat(await(jobs.enter(gone, "q", "orders"))).isTrue();
    jobs.leave(gone);
    assertThat(await(jobs.enter(request("next").id(), "q", "orders"))).isTrue();
  }

  @Test
  void noRunBeginsBeforeItsJobWhereTheQueueDoesNotRunJobsAsTheyCome() {
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, WorkerVerticleTest::echo));
    start(
        Map.of(
            "q",
            QUEUE,
            "paused",
            QUEUE,
            "batches",
            QUEUE.withBatch(new BatchPlan(2, Duration.ofMillis(10))),
            "handled",
            QUEUE.withHandler("elsewhere")));
    await(jobs.mode("paused", Mode.PAUSED));
    for (String queue : List.of("paused", "batches", "handled", "unknown")) {
      assertThat(await(jobs.enter(request("x").id(), queue, "orders"))).as(queue).isFalse();
    }
    assertThat(await(jobs.enter(request("x").id(), "q", "orders"))).isTrue();
  }

  @Test
  void aJobThatWaitsForItsTurnHoldsUpNoOther() {
    AtomicInteger refused = new AtomicInteger();
    start(
        run -> {
          if (run.delivery().call().uri().equals("/again") && refused.incrementAndGet() < 3) {
            return Future.succeededFuture(
                new Outcome.Deferred(new JobError("turn", 0, "not yet"), Duration.ZERO, true));
          }
          return echo(run);
        },
        QUEUE.withConcurrency(1));
    JobId again = submit(request("again"));
    for (int i = 0; i < 20; i++) {
      assertThat(over(submit(request("j" + i))).counters().deferrals()).isZero();
    }
    JobStatus done = over(again);
    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(done.counters().attempts()).isZero();
    assertThat(done.counters().deferrals()).isEqualTo(2);
  }

  @Test
  void aRunMaySayHowFarItIs() {
    Promise<Void> end = Promise.promise();
    start(
        run -> {
          run.progress(1, "begun");
          run.progress(40, "page 4 of 10");
          return end.future().compose(any -> echo(run));
        },
        QUEUE);
    JobId id = submit(request("x"));
    JobLookup now = await(jobs.get(id));
    for (int i = 0; i < 20 && progress(now).isEmpty(); i++) {
      now = await(jobs.get(id, ((JobLookup.Found) now).status().version(), SECOND));
    }
    assertThat(progress(now)).contains(new JobProgress(40, "page 4 of 10", 2));

    end.complete();

    over(id);
    assertThat(progress(await(jobs.get(id)))).isEmpty();
  }

  private static Optional<JobProgress> progress(JobLookup lookup) {
    return ((JobLookup.Found) lookup).progress();
  }

  @Test
  void aDelayedJobRunsAtItsTime() {
    AtomicInteger early = new AtomicInteger();
    Instant due = Instant.now().plusMillis(300);
    start(
        run -> {
          if (Instant.now().isBefore(due)) {
            early.incrementAndGet();
          }
          return echo(run);
        },
        QUEUE);
    JobId id = submit(request("x", terms -> terms.withRunAt(due)));
    JobStatus done = over(id);
    assertThat(early).hasValue(0);
    Duration late = Duration.between(due, done.times().started().orElseThrow());
    assertThat(late).isLessThan(Duration.ofMillis(500));
  }

  @Test
  void aPausedQueueRunsNothingUntilItIsOpened() {
    start(WorkerVerticleTest::echo, QUEUE);
    await(jobs.mode("q", Mode.PAUSED));
    JobId id = submit(request("x"));
    assertThat(await(jobs.get(id, 1, Duration.ofMillis(200))))
        .isInstanceOfSatisfying(
            JobLookup.Found.class,
            found -> assertThat(found.status().state()).isEqualTo(JobState.QUEUED));
    await(jobs.mode("q", Mode.OPEN));
    assertThat(over(id).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void whatCannotBeTakenIsRefusedWithAReason() {
    start(WorkerVerticleTest::echo, QUEUE);
    JobRequest nowhere = JobRequest.of("none", "orders", new JobCall("GET", "/"));
    assertThat(((Refused) await(jobs.submit(nowhere))).reason())
        .isEqualTo(Submission.Reason.UNKNOWN_QUEUE);
    JobRequest large =
        JobRequest.of(
            "q",
            "orders",
            new JobCall("PUT", "/", JobHeaders.NONE, Buffer.buffer(new byte[(1 << 20) + 1])));
    assertThat(((Refused) await(jobs.submit(large))).reason())
        .isEqualTo(Submission.Reason.TOO_LARGE);
    JobRequest late = request("x", terms -> terms.withDeadline(Instant.now().minusSeconds(1)));
    assertThat(((Refused) await(jobs.submit(late))).reason()).isEqualTo(Submission.Reason.TOO_LATE);
  }

  @Test
  void aStopLetsRunningJobsEndAndGivesTheOthersBackUncounted() {
    AtomicInteger runs = new AtomicInteger();
    AtomicBoolean hang = new AtomicBoolean(true);
    Promise<Void> running = Promise.promise();
    start(
        run -> {
          if (runs.incrementAndGet() == 2) {
            running.complete();
          }
          boolean hangs = run.delivery().call().uri().equals("/hangs") && hang.get();
          return hangs
              ? Promise.<Outcome>promise().future()
              : vertx.timer(100, TimeUnit.MILLISECONDS).compose(any -> echo(run));
        },
        QUEUE.withConcurrency(2));
    JobId hanging = submit(request("hangs"));
    JobId ending = submit(request("ends"));
    JobId waiting = submit(request("waits"));
    await(running.future());
    await(vertx.undeploy(deployment));
    hang.set(false);
    start(Map.of("q", QUEUE));
    assertThat(status(ending, Long.MAX_VALUE).state()).isEqualTo(JobState.SUCCEEDED);
    JobStatus again = over(hanging);
    assertThat(again.counters().deliveries()).isEqualTo(1);
    assertThat(again.counters().crashes()).isZero();
    over(waiting);
    assertThat(runs).hasValue(4);
  }

  @Test
  void jobsOfARouteGoTogetherWhereTheQueueSaysSo() {
    List<Integer> sizes = new ArrayList<>();
    Performer batched =
        new Performer() {
          @Override
          public Future<Outcome> perform(Run run) {
            sizes.add(1);
            return echo(run);
          }

          @Override
          public Future<List<Outcome>> performAll(List<Run> runs) {
            sizes.add(runs.size());
            return Future.all(runs.stream().map(WorkerVerticleTest::echo).toList())
                .map(all -> all.<Outcome>list());
          }
        };
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, batched));
    start(
        Map.of("q", QUEUE.withConcurrency(1).withBatch(new BatchPlan(10, Duration.ofMillis(200)))));
    List<Submission> answers =
        await(
            jobs.submitAll(
                new JobBatch(
                    java.util.stream.IntStream.range(0, 25)
                        .mapToObj(i -> request("j" + i))
                        .toList(),
                    true)));
    answers.forEach(answer -> over(((Accepted) answer).id()));
    assertThat(sizes).containsExactly(10, 10, 5);
  }

  @Test
  void theEndOfAJobIsToldByAJobOfItsOwn() throws Exception {
    BlockingQueue<JobCall> told = new LinkedBlockingQueue<>();
    start(
        run -> {
          if (run.delivery().queue().equals(JobsOptions.CALLBACKS)) {
            told.add(run.delivery().call());
          }
          return echo(run);
        },
        QUEUE);
    JobId id = submit(request("x", terms -> terms.withCallback("https://example.com/hook")));
    JobCall call = told.poll(10, TimeUnit.SECONDS);
    assertThat(call.uri()).isEqualTo("https://example.com/hook");
    assertThat(call.body().toJsonObject().getString("type")).isEqualTo("job.succeeded");
    assertThat(call.body().toJsonObject().getJsonObject("data").getString("id"))
        .isEqualTo(id.toString());
  }

  @Test
  void handlersThatBlockAreFoundAndInterruptedWhenTheirJobIsCanceled() throws Exception {
    start(Map.of("q", QUEUE.withHandler(JobHandler.address("blocking"))));
    JobId id = submit(request("quick"));
    JobOutput.Found output = (JobOutput.Found) await(jobs.output(over(id).id()));
    assertThat(output.result().orElseThrow().body().toString()).isEqualTo("handled /quick");
    JobId slow = submit(request("slow"));
    assertThat(BlockingSample.STARTED.poll(5, TimeUnit.SECONDS)).isEqualTo(slow);
    await(jobs.cancel(slow));
    assertThat(BlockingSample.INTERRUPTED.poll(5, TimeUnit.SECONDS)).isEqualTo(slow);
  }

  @Test
  void withoutAHandlerJobsWaitForOne() {
    start(Map.of("q", QUEUE));
    JobId id = submit(request("x"));
    JobStatus status = status(id, 1);
    for (int i = 0; i < 10 && status.counters().deferrals() == 0; i++) {
      status = status(id, status.version());
    }
    assertThat(status.counters().deferrals()).isEqualTo(1);
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, WorkerVerticleTest::echo));
    assertThat(over(id).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(over(id).counters().attempts()).isZero();
  }

  @Test
  void queuesAreShownAlsoWhenTheyAreEmpty() {
    start(WorkerVerticleTest::echo, QUEUE);
    assertThat(await(jobs.queues())).extracting(one -> one.queue()).contains("q", "callbacks");
    assertThat(await(jobs.health()).well()).isTrue();
    assertThat(await(jobs.list(JobFilter.ALL, Optional.empty(), 10)).jobs()).isEmpty();
  }
}
