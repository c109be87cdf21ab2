package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.worker.api.BatchPlan;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Runs that begin before their job is there. */
class AdoptedRunsTest extends WorkerFixture {
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
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, WorkerFixture::echo));
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
}
