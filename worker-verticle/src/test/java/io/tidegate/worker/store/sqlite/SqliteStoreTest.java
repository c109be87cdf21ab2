package io.tidegate.worker.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.JobStoreContract;
import io.tidegate.worker.store.Stored;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends JobStoreContract {
  @TempDir Path folder;
  private final AtomicBoolean broken = new AtomicBoolean();

  @Override
  protected JobStore make() {
    return new SqliteStore(
        vertx, new StoreOptions.Embedded(folder, 0), JobMeters.NONE, clock, this::reached);
  }

  private void reached(Failpoints.Place place) {
    if (place == Failpoints.Place.BEFORE_COMMIT && broken.get()) {
      throw new Writer.UncheckedDisk();
    }
  }

  private JobId made() {
    return made("q");
  }

  private JobId made(String queue) {
    var jobs = List.of(Stored.job(Stored.request(queue), clock.instant()));
    return ((Made) await(store.create(jobs, false)).get(0)).id();
  }

  private JobStatus status(JobId id) {
    return ((JobLookup.Found) await(store.get(id))).status();
  }

  @Test
  void aLeaseDoesNotRunOutWhileItsHolderIsHereAndDoesWhenItIsNot() {
    JobId id = made();
    store.holder(held -> held.id().equals(id));
    Lease lease = await(store.lease(Stored.ask("q", 1))).get(0).lease();
    clock.forward(Stored.LEASE.multipliedBy(10));

    assertThat(await(store.tend(100, Map.of())).crashed()).isZero();
    assertThat(await(store.renew(List.of(lease), Stored.LEASE))).isEmpty();

    store.holder(held -> false);
    clock.forward(Stored.LEASE.multipliedBy(2));
    assertThat(await(store.tend(100, Map.of())).crashed()).isOne();
    assertThat(status(id).counters().crashes()).isOne();
  }

  @Test
  void whatWasRunningWhenTheStoreWasLeftRunsAgainWithAHigherToken() {
    JobId id = made();
    Lease before = await(store.lease(Stored.ask("q", 1))).get(0).lease();
    await(store.close());
    store = make();
    await(store.open());
    assertThat(status(id).state()).isEqualTo(JobState.QUEUED);
    assertThat(status(id).counters().crashes()).isEqualTo(1);
    assertThat(await(store.settle(before, Stored.succeeded(clock.instant())))).isFalse();
    Lease after = await(store.lease(Stored.ask("q", 1))).get(0).lease();
    assertThat(after.token()).isGreaterThan(before.token());
    assertThat(await(store.queues()).get(0).count(JobState.RUNNING)).isEqualTo(1);
  }

  private Made hasty(JobRequest request) {
    return (Made)
        await(store.create(List.of(Stored.hasty(request, clock.instant())), false)).get(0);
  }

  @Test
  void aJobForWhichThereIsAPlaceIsRunWithTheCommitThatAcceptsIt() {
    Made made = hasty(Stored.request("q"));
    assertThat(made.state()).isEqualTo(JobState.QUEUED);
    assertThat(status(made.id()).state()).isEqualTo(JobState.RUNNING);
    assertThat(status(made.id()).version()).isEqualTo(2);
    assertThat(await(store.lease(Stored.ask("q", 1)))).isEmpty();
    Lease lease = made.lease().orElseThrow();
    assertThat(await(store.settle(lease, Stored.succeeded(clock.instant())))).isTrue();
    assertThat(status(made.id()).attempts())
        .singleElement()
        .satisfies(
            attempt -> {
              assertThat(attempt.outcome()).isEqualTo("succeeded");
              assertThat(attempt.status()).isEqualTo(200);
              assertThat(attempt.delivery()).isEqualTo(1);
            });
  }

  @Test
  void aJobDoesNotGoBeforeThoseThatWaitNorBeforeItsTimeNorWhileItsQueueIsPaused() {
    assertThat(hasty(Stored.request("q", terms -> terms.withGroup("g"))).lease()).isEmpty();
    assertThat(hasty(Stored.request("q")).lease()).isEmpty();
    Instant later = clock.instant().plusSeconds(60);
    Made delayed = hasty(Stored.request("other", terms -> terms.withRunAt(later)));
    assertThat(delayed.lease()).isEmpty();
    assertThat(delayed.state()).isEqualTo(JobState.SCHEDULED);
    assertThat(hasty(Stored.request("other")).lease()).isPresent();
    await(store.mode("other", Mode.PAUSED));
    assertThat(hasty(Stored.request("other")).lease()).isEmpty();
  }

  @Test
  void theEndOfAJobLeavesTheTimeItWasDue() {
    JobId id = made();
    Instant due = status(id).times().runAt();
    clock.forward(Duration.ofSeconds(3));
    Lease lease = await(store.lease(Stored.ask("q", 1))).get(0).lease();
    await(store.settle(lease, Stored.succeeded(clock.instant())));
    assertThat(status(id).times().runAt()).isEqualTo(due);
  }

  @Test
  void aPageIsMergedFromAllQueuesAndStatesThatAreAskedFor() {
    List<JobId> wanted = new ArrayList<>();
    for (String queue : List.of("a", "b", "c")) {
      JobId over = made(queue);
      Lease first = await(store.lease(Stored.ask(queue, 1))).get(0).lease();
      await(store.settle(first, Stored.succeeded(clock.instant())));
      wanted.addAll(List.of(made(queue), made(queue)));
      await(store.lease(Stored.ask(queue, 1)));
      assertThat(status(over).state()).isEqualTo(JobState.SUCCEEDED);
      clock.forward(Duration.ofMillis(5));
    }
    wanted.sort(Comparator.reverseOrder());
    JobFilter open = JobFilter.ALL.withStates(JobState.QUEUED, JobState.RUNNING);

    JobPage first = await(store.list(open, Optional.empty(), 4));
    JobPage second = await(store.list(open, first.next(), 4));

    assertThat(first.jobs()).extracting(JobStatus::id).isEqualTo(wanted.subList(0, 4));
    assertThat(second.jobs()).extracting(JobStatus::id).isEqualTo(wanted.subList(4, 6));
    assertThat(second.next()).isEmpty();
    assertThat(await(store.list(JobFilter.ALL.withQueue("b"), Optional.empty(), 9)).jobs())
        .hasSize(3);
    assertThat(
            await(store.list(JobFilter.ALL.withStates(JobState.RUNNING), Optional.empty(), 9))
                .jobs())
        .hasSize(3);
  }

  @Test
  void aFolderHasOneOwner() {
    JobStore second = make();
    assertThatThrownBy(() -> await(second.open()))
        .hasMessageContaining("stores.jobs.path: " + folder + " is in use");
    made();
  }

  @Test
  void aFailedWriteIsTheEndAndNothingIsToldToHaveHappened() {
    made();
    broken.set(true);
    var jobs = List.of(Stored.job(Stored.request("q"), clock.instant()));
    assertThatThrownBy(() -> await(store.create(jobs, false))).hasMessageContaining("store");
    broken.set(false);
    assertThatThrownBy(() -> await(store.create(jobs, false))).hasMessageContaining("store");
    assertThat(store.trouble()).isPresent();
    await(store.close());
    store = make();
    await(store.open());
    assertThat(await(store.lease(Stored.ask("q", 9)))).hasSize(1);
  }
}
