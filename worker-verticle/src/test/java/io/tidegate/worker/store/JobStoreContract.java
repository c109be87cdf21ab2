package io.tidegate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tidegate.worker.api.AdmissionPlan;
import io.tidegate.worker.api.CronPlan;
import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.Submission.Reason;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.Creation.Refused;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store has to do. A store's own tests extend this and say how one is made. */
public abstract class JobStoreContract {
  private static final int ALL = 1000;

  protected final SettableClock clock = new SettableClock();
  protected static Vertx vertx;
  protected JobStore store;
  private final List<Change> changes = new CopyOnWriteArrayList<>();

  /** A new, empty store that has not been opened. */
  protected abstract JobStore make() throws Exception;

  @BeforeAll
  static void begin() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void end() {
    await(vertx.close());
  }

  @BeforeEach
  void open() throws Exception {
    store = make();
    store.onChange(changes::addAll);
    await(store.open());
  }

  @AfterEach
  void close() throws Exception {
    await(store.close());
  }

  protected static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private Creation create(JobRequest request) {
    return await(store.create(List.of(Stored.job(request, clock.instant())), false)).get(0);
  }

  private JobId made(JobRequest request) {
    return ((Made) create(request)).id();
  }

  private List<JobId> lease(String queue, int most) {
    return leased(queue, most).stream().map(one -> one.lease().id()).toList();
  }

  private List<Leased> leased(String queue, int most) {
    return await(store.lease(Stored.ask(queue, most)));
  }

  private boolean settle(Lease lease, Ending ending) {
    return await(store.settle(lease, ending));
  }

  private JobStatus status(JobId id) {
    JobLookup found = await(store.get(id));
    assertThat(found).isInstanceOf(JobLookup.Found.class);
    return ((JobLookup.Found) found).status();
  }

  private JobState state(JobId id) {
    return status(id).state();
  }

  private Tended tend() {
    return await(store.tend(ALL, Map.of()));
  }

  private Lease runToEnd(JobId id, Ending ending) {
    Lease lease = leased("q", 1).get(0).lease();
    assertThat(lease.id()).isEqualTo(id);
    assertThat(settle(lease, ending)).isTrue();
    return lease;
  }

  private void crash(boolean suspects) {
    List<Leased> taken = suspects ? await(store.lease(Stored.askSuspects("q"))) : leased("q", 1);
    assertThat(taken).hasSize(1);
    clock.forward(Stored.LEASE.plusMillis(1));
    assertThat(tend().crashed()).isEqualTo(1);
  }

  @Test
  void anAcceptedJobIsGivenOutWholeAndEndsWithItsResult() {
    JobRequest request = Stored.request("q").withTenant("t");
    assertThat(create(request))
        .isEqualTo(
            new Made(request.id(), JobState.QUEUED, clock.instant(), false, Optional.empty()));
    Leased leased = leased("q", 5).get(0);
    assertThat(leased.call()).isEqualTo(request.call());
    assertThat(leased.key()).isEqualTo(request.id().toString());
    assertThat(leased.route()).isEqualTo("orders");
    assertThat(leased.tenant()).isEqualTo("t");
    assertThat(leased.counters().deliveries()).isEqualTo(1);
    assertThat(state(request.id())).isEqualTo(JobState.RUNNING);
    assertThat(settle(leased.lease(), Stored.succeeded(clock.instant()))).isTrue();
    JobOutput.Found output = (JobOutput.Found) await(store.output(request.id()));
    assertThat(output.result()).contains(Stored.RESULT);
    JobStatus status = output.status();
    assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(status.version()).isEqualTo(3);
    assertThat(status.attempts()).hasSize(1);
    assertThat(status.times().expires()).contains(clock.instant().plus(Stored.KEEP));
    assertThat(changes)
        .extracting(Change::state, Change::version)
        .containsExactly(
            tuple(JobState.QUEUED, 1L), tuple(JobState.RUNNING, 2L), tuple(JobState.SUCCEEDED, 3L));
  }

  @Test
  void theSameIdMakesOneJob() {
    JobRequest request = Stored.request("q");
    create(request);
    assertThat(((Made) create(request)).replayed()).isTrue();
    assertThat(lease("q", 10)).hasSize(1);
  }

  @Test
  void theSameKeyMakesOneJobAndAnotherFingerprintIsRefused() {
    JobRequest first = Stored.request("q").withKey(new IdempotencyKey("k", "f1"));
    JobRequest again = Stored.request("q").withKey(new IdempotencyKey("k", "f1"));
    JobRequest other = Stored.request("q").withKey(new IdempotencyKey("k", "f2"));
    made(first);
    Made replayed = (Made) create(again);
    assertThat(replayed.id()).isEqualTo(first.id());
    assertThat(replayed.replayed()).isTrue();
    assertThat(create(other)).isEqualTo(new Refused(Reason.KEY_REUSED));
    assertThat(((Made) create(other.withTenant("another"))).replayed()).isFalse();
    assertThat(leased("q", 10)).hasSize(2);
  }

  @Test
  void manyAtOnceWithOneKeyMakeOneJob() {
    List<Future<List<Creation>>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      JobRequest request = Stored.request("q").withKey(new IdempotencyKey("k", "f"));
      all.add(store.create(List.of(Stored.job(request, clock.instant())), false));
    }
    Set<JobId> ids = new HashSet<>();
    all.forEach(one -> ids.add(((Made) await(one).get(0)).id()));
    assertThat(ids).hasSize(1);
    assertThat(lease("q", 200)).hasSize(1);
  }

  @Test
  void aBatchIsAnsweredEachForItselfOrAllOrNone() {
    JobRequest bad = Stored.request("q").withKey(new IdempotencyKey("k", "other"));
    made(Stored.request("q").withKey(new IdempotencyKey("k", "f")));
    List<NewJob> jobs =
        List.of(
            Stored.job(Stored.request("q"), clock.instant()),
            Stored.job(bad, clock.instant()),
            Stored.job(Stored.request("new queue"), clock.instant()));
    assertThat(await(store.create(jobs, true)))
        .containsExactly(
            new Refused(Reason.BATCH_REFUSED),
            new Refused(Reason.KEY_REUSED),
            new Refused(Reason.BATCH_REFUSED));
    assertThat(lease("q", 10)).hasSize(1);
    assertThat(lease("new queue", 10)).isEmpty();
    List<Creation> each = await(store.create(jobs, false));
    assertThat(each.get(0)).isInstanceOf(Made.class);
    assertThat(each.get(1)).isEqualTo(new Refused(Reason.KEY_REUSED));
    assertThat(lease("new queue", 10)).hasSize(1);
  }

  @Test
  void aFullQueueRefusesByNumberAndByBytesUntilJobsAreOver() {
    AdmissionPlan two = new AdmissionPlan(2, 1 << 20, 1 << 20);
    AdmissionPlan small = new AdmissionPlan(100, 60, 1 << 20);
    made(Stored.request("q"));
    made(Stored.request("q"));
    NewJob third = Stored.job(Stored.request("q"), clock.instant(), two);
    assertThat(await(store.create(List.of(third), false)))
        .containsExactly(new Refused(Reason.QUEUE_FULL));
    NewJob large = Stored.job(Stored.request("q"), clock.instant(), small);
    await(store.create(List.of(large), false));
    NewJob larger = Stored.job(Stored.request("q"), clock.instant(), small);
    assertThat(await(store.create(List.of(larger), false)))
        .containsExactly(new Refused(Reason.QUEUE_FULL));
    for (Leased one : leased("q", 10)) {
      settle(one.lease(), Stored.succeeded(clock.instant()));
    }
    assertThat(await(store.create(List.of(third), false)).get(0)).isInstanceOf(Made.class);
  }

  @Test
  void aDelayedJobIsGivenOutAtItsTimeAndNotBefore() {
    Instant due = clock.instant().plusSeconds(60);
    JobId id = made(Stored.request("q", terms -> terms.withRunAt(due)));
    assertThat(state(id)).isEqualTo(JobState.SCHEDULED);
    assertThat(tend().next()).contains(due);
    clock.forward(Duration.ofMillis(59_999));
    assertThat(tend().promoted()).isZero();
    assertThat(lease("q", 1)).isEmpty();
    clock.forward(Duration.ofMillis(1));
    assertThat(tend().promoted()).isEqualTo(1);
    assertThat(lease("q", 1)).containsExactly(id);
  }

  @Test
  void priorityGoesFirstButNobodyWaitsForEver() {
    JobId low = made(Stored.request("q"));
    clock.forward(Duration.ofSeconds(30));
    JobId high = made(Stored.request("q", terms -> terms.withPriority(1)));
    clock.forward(Duration.ofMinutes(2));
    JobId late = made(Stored.request("q", terms -> terms.withPriority(1)));
    assertThat(lease("q", 3)).containsExactly(high, low, late);
  }

  @Test
  void equalJobsGoInTheOrderOfAcceptance() {
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(made(Stored.request("q")));
    }
    assertThat(lease("q", 2)).containsExactlyElementsOf(ids.subList(0, 2));
    assertThat(lease("q", 9)).containsExactlyElementsOf(ids.subList(2, 5));
  }

  @Test
  void routesThatAreLeftOutDoNotHoldUpOthers() {
    JobRequest held = Stored.request("q");
    made(held);
    JobRequest other =
        new JobRequest(
            Stored.request("q").id(),
            "q",
            "books",
            "",
            held.call(),
            held.terms(),
            held.key(),
            held.trace());
    JobId id = made(other);
    LeaseAsk ask = new LeaseAsk("q", 9, "w", Stored.LEASE, Set.of("orders"), false);
    assertThat(await(store.lease(ask))).extracting(one -> one.lease().id()).containsExactly(id);
    assertThat(lease("q", 9)).containsExactly(held.id());
  }

  @Test
  void aGroupRunsOneAfterTheOtherAlsoOverRetries() {
    JobId first = made(Stored.request("q", terms -> terms.withGroup("g")));
    JobId second = made(Stored.request("q", terms -> terms.withGroup("g")));
    JobId other = made(Stored.request("q", terms -> terms.withGroup("h")));
    List<Leased> taken = leased("q", 9);
    assertThat(taken).extracting(one -> one.lease().id()).containsExactlyInAnyOrder(first, other);
    Lease lease =
        taken.stream().map(Leased::lease).filter(l -> l.id().equals(first)).findAny().orElseThrow();
    settle(lease, Stored.retry(clock.instant(), Duration.ofSeconds(5)));
    assertThat(lease("q", 9)).isEmpty();
    clock.forward(Duration.ofSeconds(5));
    tend();
    assertThat(lease("q", 9)).containsExactly(first);
    await(store.cancel(first, Stored.KEEP));
    assertThat(lease("q", 9)).containsExactly(second);
  }

  @Test
  void retriesCostAnAttemptAndDeferralsDoNotAndTheOrderIsKept() {
    JobId first = made(Stored.request("q"));
    JobId second = made(Stored.request("q"));
    List<Leased> taken = leased("q", 2);
    Instant now = clock.instant();
    settle(taken.get(1).lease(), Stored.deferred(now, Duration.ofSeconds(1)));
    settle(taken.get(0).lease(), Stored.retry(now, Duration.ofSeconds(2)));
    assertThat(state(first)).isEqualTo(JobState.RETRYING);
    assertThat(status(first).counters().attempts()).isEqualTo(1);
    assertThat(status(first).lastError()).contains(Stored.ERROR);
    assertThat(status(second).counters().attempts()).isZero();
    assertThat(status(second).counters().deferrals()).isEqualTo(1);
    clock.forward(Duration.ofSeconds(2));
    assertThat(tend().promoted()).isEqualTo(2);
    assertThat(lease("q", 2)).containsExactly(first, second);
  }

  @Test
  void aStaleTokenWritesNothing() {
    JobId id = made(Stored.request("q"));
    Lease old = leased("q", 1).get(0).lease();
    clock.forward(Stored.LEASE.plusMillis(1));
    assertThat(tend().crashed()).isEqualTo(1);
    assertThat(settle(old, Stored.succeeded(clock.instant()))).isFalse();
    assertThat(await(store.renew(List.of(old), Stored.LEASE))).containsExactly(old);
    Lease current = leased("q", 1).get(0).lease();
    assertThat(current.token()).isGreaterThan(old.token());
    assertThat(settle(old, Stored.succeeded(clock.instant()))).isFalse();
    assertThat(await(store.release(List.of(old)))).isZero();
    assertThat(state(id)).isEqualTo(JobState.RUNNING);
    assertThat(settle(current, Stored.succeeded(clock.instant()))).isTrue();
    assertThat(settle(current, Stored.failed(clock.instant(), JobState.FAILED))).isFalse();
    assertThat(state(id)).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void aRenewedLeaseIsHeldTenTimesAsLong() {
    made(Stored.request("q"));
    Lease lease = leased("q", 1).get(0).lease();
    for (int i = 0; i < 20; i++) {
      clock.forward(Stored.LEASE.dividedBy(2));
      assertThat(await(store.renew(List.of(lease), Stored.LEASE))).isEmpty();
      assertThat(tend().crashed()).isZero();
    }
    assertThat(settle(lease, Stored.succeeded(clock.instant()))).isTrue();
  }

  @Test
  void aReleasedJobCountsForNothing() {
    JobId id = made(Stored.request("q"));
    Lease lease = leased("q", 1).get(0).lease();
    assertThat(await(store.release(List.of(lease)))).isEqualTo(1);
    JobStatus status = status(id);
    assertThat(status.state()).isEqualTo(JobState.QUEUED);
    assertThat(status.counters().deliveries()).isZero();
    assertThat(status.counters().crashes()).isZero();
    assertThat(lease("q", 1)).containsExactly(id);
  }

  @Test
  void crashesCostNoAttemptAndMakeASuspectAndAtLastAPoison() {
    JobId id = made(Stored.request("q"));
    crash(false);
    assertThat(status(id).counters().attempts()).isZero();
    crash(false);
    JobId innocent = made(Stored.request("q"));
    List<Leased> usual = leased("q", 9);
    assertThat(usual).extracting(one -> one.lease().id()).containsExactly(innocent);
    settle(usual.get(0).lease(), Stored.succeeded(clock.instant()));
    crash(true);
    assertThat(status(id).counters().soloCrashes()).isEqualTo(1);
    List<Leased> taken = await(store.lease(Stored.askSuspects("q")));
    assertThat(taken).hasSize(1);
    assertThat(taken.get(0).suspect()).isTrue();
    clock.forward(Stored.LEASE.plusMillis(1));
    assertThat(tend().poisoned()).contains(id);
    JobStatus dead = status(id);
    assertThat(dead.state()).isEqualTo(JobState.DEAD);
    assertThat(dead.lastError().orElseThrow().type()).isEqualTo("poison");
    assertThat(dead.counters().crashes()).isEqualTo(4);
    assertThat(dead.attempts()).hasSize(4).allMatch(run -> run.outcome().equals("crashed"));
    assertThat(status(innocent).counters().soloCrashes()).isZero();
  }

  @Test
  void cancelEndsAWaitingJobAndVoidsTheLeaseOfARunningOne() {
    JobId waiting = made(Stored.request("q"));
    assertThat(await(store.cancel(waiting, Stored.KEEP))).isInstanceOf(JobChange.Done.class);
    assertThat(await(store.cancel(waiting, Stored.KEEP))).isInstanceOf(JobChange.Done.class);
    JobId running = made(Stored.request("q"));
    Lease lease = leased("q", 1).get(0).lease();
    assertThat(await(store.cancel(running, Stored.KEEP))).isInstanceOf(JobChange.Requested.class);
    assertThat(settle(lease, Stored.succeeded(clock.instant()))).isFalse();
    assertThat(state(running)).isEqualTo(JobState.CANCELED);
    JobId done = made(Stored.request("q"));
    runToEnd(done, Stored.succeeded(clock.instant()));
    assertThat(await(store.cancel(done, Stored.KEEP))).isInstanceOf(JobChange.Conflict.class);
    assertThat(await(store.cancel(JobId.fresh(1), Stored.KEEP))).isEqualTo(new JobChange.Unknown());
  }

  @Test
  void adoptedJobsRunFromTheBeginningAndAreRunAgainWhenTheirRunnerDies() {
    JobRequest request = Stored.request("q");
    List<Creation> made =
        await(store.create(List.of(Stored.running(request, clock.instant())), false));
    Lease lease = ((Made) made.get(0)).lease().orElseThrow();
    assertThat(state(request.id())).isEqualTo(JobState.RUNNING);
    assertThat(lease("q", 1)).isEmpty();
    clock.forward(Stored.LEASE.plusMillis(1));
    assertThat(tend().crashed()).isEqualTo(1);
    assertThat(settle(lease, Stored.succeeded(clock.instant()))).isFalse();
    assertThat(lease("q", 1)).containsExactly(request.id());
  }

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
