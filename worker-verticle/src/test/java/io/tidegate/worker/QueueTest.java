package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.worker.api.BatchPlan;
import io.tidegate.worker.api.JobBatch;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobHeaders;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Performer;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.RatePlan;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.Submission.Refused;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a queue says of how its jobs are run. */
class QueueTest extends WorkerFixture {
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
    start(WorkerFixture::echo, QUEUE);
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
    start(WorkerFixture::echo, QUEUE);
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
            return Future.all(runs.stream().map(WorkerFixture::echo).toList())
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
  void queuesAreShownAlsoWhenTheyAreEmpty() {
    start(WorkerFixture::echo, QUEUE);
    assertThat(await(jobs.queues())).extracting(one -> one.queue()).contains("q", "callbacks");
    assertThat(await(jobs.health()).well()).isTrue();
    assertThat(await(jobs.list(JobFilter.ALL, Optional.empty(), 10)).jobs()).isEmpty();
  }
}
