package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.CronPlan;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.ScheduleOptions.Misfire;
import io.tidegate.worker.api.ScheduleOptions.Overlap;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.redis.RedisJobStore;
import io.tidegate.worker.store.redis.RedisProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes with the same schedule, of which one goes and another comes at each time. */
@Timeout(90)
class SharedSchedulesTest {
  private static final int TIMES = 6;

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final List<Vertx> nodes = new ArrayList<>();
  private volatile Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);
  private final InstantSource clock = () -> now;
  private RedisProcess redis;
  private StoreOptions.Redis store;

  @BeforeEach
  void open() throws Exception {
    redis = RedisProcess.durable(vertx, folder);
    store = redis.store(Durability.OS);
  }

  @AfterEach
  void close() throws Exception {
    nodes.forEach(node -> await(node.close()));
    redis.close();
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private void start() {
    Vertx node = Vertx.vertx();
    ScheduleOptions hourly =
        new ScheduleOptions(
            "tick",
            new CronPlan("0 * * * *"),
            ZoneId.of("UTC"),
            new Misfire(3),
            Overlap.ALLOW,
            JobRequest.of("q", "r", new JobCall("POST", "/tick")));
    JobsOptions options =
        new JobsOptions(
            store,
            Map.of("q", QueueOptions.DEFAULTS.withSchedules(List.of(hourly))),
            JobsOptions.LEASE,
            Duration.ofSeconds(1));
    await(
        WorkerBus.perform(
            node,
            QueueOptions.PERFORM,
            run -> Future.succeededFuture(new Outcome.Succeeded(JobResult.EMPTY))));
    await(
        node.deployVerticle(
            new WorkerVerticle(
                options,
                JobMeters.NONE,
                Events.NONE,
                any -> new RedisJobStore(store, JobMeters.NONE),
                clock)));
    nodes.add(node);
  }

  private Jobs jobs() {
    return WorkerBus.client(nodes.get(0), WorkerBus.Reach.NODE);
  }

  private void seenTo(Instant slot) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (await(jobs().schedules()).get(0).last().filter(at -> !at.isBefore(slot)).isEmpty()) {
      assertThat(System.nanoTime()).as("%s is seen to", slot).isLessThan(end);
    }
  }

  @Test
  void eachTimeMakesOneJob() {
    for (int i = 0; i < 3; i++) {
      start();
    }
    seenTo(now);
    for (int i = 0; i < TIMES; i++) {
      now = now.plus(Duration.ofHours(1));
      seenTo(now);
      await(nodes.remove(0).close());
      start();
    }
    // All nodes have looked once more, whoever made the last one.
    await(vertx.timer(2, TimeUnit.SECONDS));

    assertThat(await(jobs().list(JobFilter.ALL, Optional.empty(), 100)).jobs()).hasSize(TIMES);
  }
}
