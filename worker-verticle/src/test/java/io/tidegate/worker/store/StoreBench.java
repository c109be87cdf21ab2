package io.tidegate.worker.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.store.Creation.Made;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A store, and how it is asked in tests. */
abstract class StoreBench {
  static final int ALL = 1000;

  protected final SettableClock clock = new SettableClock();
  protected static Vertx vertx;
  protected JobStore store;
  final List<Change> changes = new CopyOnWriteArrayList<>();

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

  final Creation create(JobRequest request) {
    return await(store.create(List.of(Stored.job(request, clock.instant())), false)).get(0);
  }

  final JobId made(JobRequest request) {
    return ((Made) create(request)).id();
  }

  final List<JobId> lease(String queue, int most) {
    return leased(queue, most).stream().map(one -> one.lease().id()).toList();
  }

  final List<Leased> leased(String queue, int most) {
    return await(store.lease(Stored.ask(queue, most)));
  }

  final boolean settle(Lease lease, Ending ending) {
    return await(store.settle(lease, ending));
  }

  final JobStatus status(JobId id) {
    JobLookup found = await(store.get(id));
    assertThat(found).isInstanceOf(JobLookup.Found.class);
    return ((JobLookup.Found) found).status();
  }

  final JobState state(JobId id) {
    return status(id).state();
  }

  final Tended tend() {
    return await(store.tend(ALL, Map.of()));
  }

  final Lease runToEnd(JobId id, Ending ending) {
    Lease lease = leased("q", 1).get(0).lease();
    assertThat(lease.id()).isEqualTo(id);
    assertThat(settle(lease, ending)).isTrue();
    return lease;
  }

  final void crash(boolean suspects) {
    List<Leased> taken = suspects ? await(store.lease(Stored.askSuspects("q"))) : leased("q", 1);
    assertThat(taken).hasSize(1);
    clock.forward(Stored.LEASE.plusMillis(1));
    assertThat(tend().crashed()).isEqualTo(1);
  }
}
