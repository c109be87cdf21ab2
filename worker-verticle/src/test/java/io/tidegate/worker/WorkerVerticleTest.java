package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobProgress;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Jobs from the bus to the disk and back. */
class WorkerVerticleTest extends WorkerFixture {
  @Test
  void aJobIsDoneAndItsResultIsKept() {
    start(WorkerFixture::echo, QUEUE);
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
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, WorkerFixture::echo));
    assertThat(over(id).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(over(id).counters().attempts()).isZero();
  }
}
