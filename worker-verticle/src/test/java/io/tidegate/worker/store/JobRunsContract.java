package io.tidegate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tidegate.worker.api.AdmissionPlan;
import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.Submission.Reason;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.Creation.Refused;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store has to do with jobs from their acceptance to the end of their runs. */
abstract class JobRunsContract extends StoreBench {
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
}
