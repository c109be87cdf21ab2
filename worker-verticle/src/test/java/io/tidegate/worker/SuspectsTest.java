package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.Creation;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.Stored;
import io.tidegate.worker.store.sqlite.SqliteStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose runners died with them, in several queues of a node that has nothing else to do. */
@Timeout(60)
class SuspectsTest {
  private static final List<String> QUEUES = List.of("a", "b", "c", "d", "e");

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();

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

  private JobStore opened() {
    JobStore store = new SqliteStore(vertx, new StoreOptions.Embedded(folder, 0), JobMeters.NONE);
    await(store.open());
    return store;
  }

  private Map<String, JobId> suspects() {
    Map<String, JobId> ids = new HashMap<>();
    JobStore store = opened();
    for (String queue : QUEUES) {
      var made =
          await(store.create(List.of(Stored.job(Stored.request(queue), Instant.now())), false));
      ids.put(queue, ((Creation.Made) made.get(0)).id());
    }
    for (int crash = 0; crash < JobStore.SUSPECT_CRASHES; crash++) {
      for (String queue : QUEUES) {
        assertThat(await(store.lease(Stored.ask(queue, 1)))).hasSize(1);
      }
      await(store.close());
      store = opened();
    }
    await(store.close());
    return ids;
  }

  @Test
  void eachQueueGetsItsTurn() {
    Map<String, JobId> ids = suspects();
    Map<String, QueueOptions> queues = new HashMap<>();
    QUEUES.forEach(queue -> queues.put(queue, QueueOptions.DEFAULTS));
    JobsOptions options = new JobsOptions(new StoreOptions.Embedded(folder, 0), queues);
    await(
        WorkerBus.perform(
            vertx,
            QueueOptions.PERFORM,
            run -> Future.succeededFuture(new Outcome.Succeeded(JobResult.EMPTY))));
    await(vertx.deployVerticle(new WorkerVerticle(options, JobMeters.NONE, Events.NONE)));
    Jobs jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);

    ids.forEach(
        (queue, id) -> {
          JobStatus status = status(jobs, id, 0);
          while (!status.state().terminal()) {
            assertThat(System.nanoTime()).as("queue %s: %s", queue, status).isLessThan(end);
            status = status(jobs, id, status.version());
          }
          assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
        });
  }

  private static JobStatus status(Jobs jobs, JobId id, long beyond) {
    return ((JobLookup.Found) await(jobs.get(id, beyond, Duration.ofSeconds(1)))).status();
  }
}
