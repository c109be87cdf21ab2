package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.sqlite.SqliteStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A consumer that stands still is seen, and is made to go on. */
@Timeout(60)
class WatchdogTest {
  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger restarts = new AtomicInteger();
  private final AtomicInteger runs = new AtomicInteger();
  private final CompletableFuture<DoubleSupplier> idle = new CompletableFuture<>();
  private final Promise<Object> late = Promise.promise();
  private volatile boolean stuck = true;

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

  /** Whose questions for jobs are not answered while it is stuck; all else is. */
  private JobStore sticking(Vertx made) {
    JobStore real = new SqliteStore(made, new StoreOptions.Embedded(folder, 0), JobMeters.NONE);
    return (JobStore)
        Proxy.newProxyInstance(
            JobStore.class.getClassLoader(),
            new Class<?>[] {JobStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("lease") && stuck) {
                return late.future();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  private JobMeters meters() {
    return (JobMeters)
        Proxy.newProxyInstance(
            JobMeters.class.getClassLoader(),
            new Class<?>[] {JobMeters.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "restarted" -> restarts.incrementAndGet();
                case "idle" -> idle.complete((DoubleSupplier) arguments[0]);
                default -> {}
              }
              return method.getName().equals("queue") ? JobMeters.NONE.queue("q") : null;
            });
  }

  private Future<Outcome> work(Run run) {
    runs.incrementAndGet();
    return Future.succeededFuture(new Outcome.Succeeded(JobResult.EMPTY));
  }

  private static List<String> troubles(Jobs jobs) {
    return await(jobs.health()).troubles();
  }

  @Test
  void aStandstillIsSaidAndCountedAndEndsWithAFreshStart() throws Exception {
    await(WorkerBus.perform(vertx, QueueOptions.PERFORM, this::work));
    JobsOptions options =
        new JobsOptions(new StoreOptions.Embedded(folder, 0), Map.of("q", QueueOptions.DEFAULTS));
    await(vertx.deployVerticle(new WorkerVerticle(options, meters(), Events.NONE, this::sticking)));
    Jobs jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);
    assertThat(troubles(jobs)).isEmpty();
    var made = await(jobs.submit(JobRequest.of("q", "r", new JobCall("POST", "/x"))));
    JobId id = ((Accepted) made).id();

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (restarts.get() == 0) {
      assertThat(System.nanoTime()).isLessThan(end);
      await(jobs.health());
    }
    assertThat(troubles(jobs)).containsExactly("stalled: queue q is not worked on");
    assertThat(idle.get(1, TimeUnit.SECONDS).getAsDouble()).isGreaterThanOrEqualTo(10);
    assertThat(runs).hasValue(0);

    stuck = false;
    JobState state = JobState.QUEUED;
    while (!state.terminal()) {
      assertThat(System.nanoTime()).isLessThan(end + TimeUnit.SECONDS.toNanos(10));
      state = ((JobLookup.Found) await(jobs.get(id, 1, Duration.ofSeconds(1)))).status().state();
    }
    assertThat(state).isEqualTo(JobState.SUCCEEDED);
    assertThat(runs).hasValue(1);
    while (!troubles(jobs).isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(end + TimeUnit.SECONDS.toNanos(20));
    }
  }
}
