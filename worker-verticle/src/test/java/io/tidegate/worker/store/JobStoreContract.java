package io.tidegate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tidegate.worker.api.CronPlan;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.Submission.Reason;
import io.tidegate.worker.store.Creation.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every store has to do. A store's own tests extend this and say how one is made. */
public abstract class JobStoreContract extends JobRunsContract {
  @Test
  void aJobWhoseDeadlinePassesBeforeItIsStartedExpires() {
    Instant soon = clock.instant().plusSeconds(10);
    JobId queued = made(Stored.request("q", terms -> terms.withDeadline(soon)));
    JobId running = made(Stored.request("r", terms -> terms.withDeadline(soon)));
    lease("r", 1);
    clock.forward(Duration.ofSeconds(10));
    assertThat(lease("q", 1)).isEmpty();
    assertThat(tend().expired()).isEqualTo(1);
    assertThat(state(queued)).isEqualTo(JobState.EXPIRED);
    assertThat(state(running)).isEqualTo(JobState.RUNNING);
  }

  @Test
  void aRequeuedJobBeginsAnewAndKeepsItsHistory() {
    JobId id = made(Stored.request("q"));
    runToEnd(id, Stored.failed(clock.instant(), JobState.DEAD));
    clock.forward(Duration.ofHours(30));
    // The clock went past what is kept: but nobody tended yet.
    assertThat(await(store.requeue(id, Stored.DEADLINE))).isInstanceOf(JobChange.Done.class);
    JobStatus status = status(id);
    assertThat(status.state()).isEqualTo(JobState.QUEUED);
    assertThat(status.generation()).isEqualTo(1);
    assertThat(status.counters().attempts()).isZero();
    assertThat(status.attempts()).hasSize(1);
    assertThat(tend().expired()).isZero();
    assertThat(await(store.requeue(id, Stored.DEADLINE))).isInstanceOf(JobChange.Conflict.class);
    runToEnd(id, Stored.succeeded(clock.instant()));
    assertThat(await(store.requeue(id, Stored.DEADLINE))).isInstanceOf(JobChange.Conflict.class);
  }

  @Test
  void manyAreRequeuedOrPurgedOldestFirst() {
    List<JobId> dead = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clock.forward(Duration.ofMillis(2));
      JobId id = JobId.fresh(clock.millis());
      made(Stored.request("q").withId(id));
      runToEnd(id, Stored.failed(clock.instant(), JobState.DEAD));
      dead.add(id);
    }
    JobFilter filter = JobFilter.ALL.withQueue("q");
    assertThat(await(store.requeueAll(filter, Stored.DEADLINE, 2, true))).isEqualTo(2);
    assertThat(lease("q", 9)).isEmpty();
    assertThat(await(store.requeueAll(filter, Stored.DEADLINE, 2, false))).isEqualTo(2);
    assertThat(lease("q", 9)).containsExactlyElementsOf(dead.subList(0, 2));
    assertThat(await(store.purgeDead("q", 2))).isEqualTo(2);
    assertThat(await(store.get(dead.get(2)))).isEqualTo(new JobLookup.Purged(JobState.DEAD));
    assertThat(state(dead.get(4))).isEqualTo(JobState.DEAD);
  }

  @Test
  void whatAJobIsToDoCanBeReadWhateverBecameOfIt() {
    JobRequest request = Stored.request("q");
    JobId id = made(request);
    assertThat(await(store.input(id))).contains(request.call());
    runToEnd(id, Stored.failed(clock.instant(), JobState.DEAD));
    assertThat(await(store.input(id))).contains(request.call());
    assertThat(await(store.input(JobId.fresh(9)))).isEmpty();
  }

  @Test
  void jobsAreFoundByTheTimeTheyCameAndByTheirError() {
    List<JobId> dead = new ArrayList<>();
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clock.forward(Duration.ofSeconds(1));
      times.add(clock.instant());
      JobId id = JobId.fresh(clock.millis());
      made(Stored.request("q").withId(id));
      runToEnd(id, Stored.failed(clock.instant(), JobState.DEAD));
      dead.add(id);
    }
    JobFilter all = JobFilter.ALL.withQueue("q").withStates(JobState.DEAD);
    JobFilter middle = all.withSince(times.get(1)).withUntil(times.get(2));

    assertThat(await(store.list(middle, Optional.empty(), 9)).jobs())
        .extracting(JobStatus::id)
        .containsExactly(dead.get(1));
    String type = Stored.ERROR.type();
    assertThat(await(store.list(all.withError(type), Optional.empty(), 9)).jobs()).hasSize(3);
    assertThat(await(store.list(all.withError("other"), Optional.empty(), 9)).jobs()).isEmpty();
    assertThat(await(store.requeueAll(all.withError("other"), Stored.DEADLINE, 9, false))).isZero();
    assertThat(await(store.requeueAll(middle.withError(type), Stored.DEADLINE, 9, false)))
        .isEqualTo(1);
    assertThat(state(dead.get(1))).isEqualTo(JobState.QUEUED);
  }

  @Test
  void whatIsOverIsForgottenInTimeAndLeavesATombstoneForADay() {
    JobId id = made(Stored.request("q"));
    runToEnd(id, Stored.succeeded(clock.instant()));
    clock.forward(Stored.KEEP);
    assertThat(tend().forgotten()).isEqualTo(1);
    assertThat(await(store.get(id))).isEqualTo(new JobLookup.Purged(JobState.SUCCEEDED));
    assertThat(await(store.output(id))).isEqualTo(new JobOutput.Purged(JobState.SUCCEEDED));
    clock.forward(JobStore.REMEMBERED);
    tend();
    assertThat(await(store.get(id))).isEqualTo(new JobLookup.Unknown());
  }

  @Test
  void aQueueKeepsNoMoreThanItsNumberButNeverForgetsTheDeadForThat() {
    JobId dead = made(Stored.request("q"));
    runToEnd(dead, Stored.failed(clock.instant(), JobState.DEAD));
    List<JobId> done = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clock.forward(Duration.ofMillis(2));
      JobId id = JobId.fresh(clock.millis());
      made(Stored.request("q").withId(id));
      runToEnd(id, Stored.succeeded(clock.instant()));
      done.add(id);
    }
    KeepPlan two = new KeepPlan(Stored.KEEP, Stored.KEEP, 2, 1 << 20);
    assertThat(await(store.tend(ALL, Map.of("q", two))).forgotten()).isEqualTo(3);
    assertThat(await(store.get(done.get(2)))).isInstanceOf(JobLookup.Purged.class);
    assertThat(state(done.get(3))).isEqualTo(JobState.SUCCEEDED);
    assertThat(state(dead)).isEqualTo(JobState.DEAD);
    KeepPlan tiny = new KeepPlan(Stored.KEEP, Stored.KEEP, 100, 1);
    assertThat(await(store.tend(ALL, Map.of("q", tiny))).forgotten()).isEqualTo(2);
    assertThat(state(dead)).isEqualTo(JobState.DEAD);
  }

  @Test
  void onlyWhatIsOverIsDeleted() {
    JobId id = made(Stored.request("q"));
    assertThat(await(store.delete(id))).isInstanceOf(JobChange.Conflict.class);
    runToEnd(id, Stored.succeeded(clock.instant()));
    assertThat(await(store.delete(id))).isInstanceOf(JobChange.Done.class);
    assertThat(await(store.delete(id))).isEqualTo(new JobChange.Purged(JobState.SUCCEEDED));
  }

  @Test
  void pagesListEveryJobOnceLatestFirst() {
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      clock.forward(Duration.ofMillis(2));
      JobId id = JobId.fresh(clock.millis());
      made(Stored.request(i % 2 == 0 ? "q" : "r").withId(id));
      ids.add(0, id);
    }
    assertThat(pages(JobFilter.ALL, 7)).containsExactlyElementsOf(ids);
    lease("q", 1);
    JobFilter some = JobFilter.ALL.withQueue("q").withStates(JobState.QUEUED, JobState.RUNNING);
    assertThat(pages(some, 5)).hasSize(13).isSubsetOf(ids);
    assertThat(pages(JobFilter.ALL.withStates(JobState.RUNNING), 5)).hasSize(1);
    assertThat(pages(JobFilter.ALL.withTenant("x"), 5)).isEmpty();
    assertThat(pages(JobFilter.ALL.withRoute("orders"), 5)).hasSize(25);
    Instant since = Instant.ofEpochMilli(ids.get(9).millis());
    assertThat(pages(JobFilter.ALL.withSince(since), 5)).hasSize(10);
  }

  private List<JobId> pages(JobFilter filter, int limit) {
    List<JobId> all = new ArrayList<>();
    Optional<JobId> after = Optional.empty();
    do {
      JobPage page = await(store.list(filter, after, limit));
      page.jobs().forEach(job -> all.add(job.id()));
      after = page.next();
    } while (after.isPresent());
    return all;
  }

  @Test
  void aPausedQueueTakesJobsAndGivesNoneOutAndADrainingOneTheReverse() {
    await(store.mode("q", Mode.PAUSED));
    JobId id = made(Stored.request("q"));
    assertThat(lease("q", 1)).isEmpty();
    await(store.mode("q", Mode.DRAINING));
    assertThat(create(Stored.request("q"))).isEqualTo(new Refused(Reason.DRAINING));
    assertThat(lease("q", 1)).containsExactly(id);
    assertThat(await(store.queues()).get(0).mode()).isEqualTo(Mode.DRAINING);
  }

  @Test
  void queuesAreCountedByStateAndAge() {
    made(Stored.request("q"));
    clock.forward(Duration.ofSeconds(5));
    made(Stored.request("q"));
    JobId delayed =
        made(Stored.request("q", terms -> terms.withRunAt(clock.instant().plusSeconds(60))));
    QueueStatus queue = await(store.queues()).get(0);
    assertThat(queue.queue()).isEqualTo("q");
    assertThat(queue.count(JobState.QUEUED)).isEqualTo(2);
    assertThat(queue.count(JobState.SCHEDULED)).isEqualTo(1);
    assertThat(queue.oldestReady()).isEqualTo(Duration.ofSeconds(5));
    assertThat(queue.bytes()).isPositive();
    await(store.cancel(delayed, Stored.KEEP));
    lease("q", 1);
    QueueStatus after = await(store.queues()).get(0);
    assertThat(after.count(JobState.CANCELED)).isEqualTo(1);
    assertThat(after.count(JobState.RUNNING)).isEqualTo(1);
    assertThat(after.count(JobState.SCHEDULED)).isZero();
    assertThat(after.oldestReady()).isZero();
  }

  @Test
  void everyEndIsToldToACallbackUntilItWasTold() {
    JobId done = made(Stored.request("q", terms -> terms.withCallback("https://x/done")));
    runToEnd(done, Stored.succeeded(clock.instant()));
    JobId canceled = made(Stored.request("q", terms -> terms.withCallback("https://x/gone")));
    await(store.cancel(canceled, Stored.KEEP));
    made(Stored.request("q"));
    assertThat(await(store.untold(9)))
        .extracting(Untold::id, Untold::state, Untold::callback)
        .containsExactlyInAnyOrder(
            tuple(done, JobState.SUCCEEDED, "https://x/done"),
            tuple(canceled, JobState.CANCELED, "https://x/gone"));
    await(store.told(done, 1));
    assertThat(await(store.untold(9))).hasSize(2);
    await(store.told(done, 0));
    assertThat(await(store.untold(9))).extracting(Untold::id).containsExactly(canceled);
  }

  @Test
  void schedulesAreKeptAndNeverGoBack() {
    ScheduleOptions schedule =
        new ScheduleOptions(
            "nightly",
            new CronPlan("0 3 * * *"),
            ZoneId.of("UTC"),
            ScheduleOptions.Misfire.LATEST,
            ScheduleOptions.Overlap.SKIP,
            Stored.request("q"));
    Instant slot = clock.instant();
    JobId job = JobId.fresh(5);
    await(store.putSchedule(schedule));
    await(store.fired("q", "nightly", slot, Optional.of(job)));
    await(store.fired("q", "nightly", slot.minusSeconds(60), Optional.empty()));
    await(store.fired("q", "configured", slot, Optional.empty()));
    // One that made no job leaves the latest known: it may still be running.
    Instant next = slot.plusSeconds(60);
    await(store.fired("q", "nightly", next, Optional.empty()));
    assertThat(await(store.schedules()))
        .extracting(Scheduled::name, Scheduled::last, Scheduled::job)
        .containsExactlyInAnyOrder(
            tuple("nightly", Optional.of(next), Optional.of(job)),
            tuple("configured", Optional.of(slot), Optional.empty()));
    assertThat(await(store.removeSchedule("q", "nightly"))).isTrue();
    assertThat(await(store.removeSchedule("q", "nightly"))).isFalse();
    assertThat(await(store.removeSchedule("q", "configured"))).isFalse();
  }

  @Test
  void onlyTheLastTenRunsAreRemembered() {
    JobId id = made(Stored.request("q"));
    for (int i = 0; i < 15; i++) {
      runToEnd(id, Stored.retry(clock.instant(), Duration.ofSeconds(1)));
      clock.forward(Duration.ofSeconds(1));
      tend();
    }
    assertThat(status(id).attempts()).hasSize(JobStore.LOGGED_ATTEMPTS);
    assertThat(status(id).counters().attempts()).isEqualTo(15);
  }
}
