package io.tidegate.worker.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.Leased;
import io.tidegate.worker.store.StoreUnavailable;
import io.tidegate.worker.store.Stored;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may happen to a Redis, and that no job is lost by it. */
class RedisFaultsTest {
  private final Vertx vertx = Vertx.vertx();
  @TempDir Path folder;
  private RedisProcess redis;
  private RedisJobStore store;

  @BeforeEach
  void open() throws Exception {
    redis = RedisProcess.durable(vertx, folder);
    store = store(Durability.FSYNC);
    await(store.open());
  }

  @AfterEach
  void close() throws Exception {
    await(store.close());
    redis.close();
    await(vertx.close());
  }

  private RedisJobStore store(Durability durability) {
    return new RedisJobStore(redis.store(durability), JobMeters.NONE);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Future<JobId> create() {
    return store
        .create(List.of(Stored.job(Stored.request("q"), Instant.now())), false)
        .map(made -> ((Made) made.get(0)).id());
  }

  private Future<List<Leased>> lease(int most) {
    return store.lease(Stored.ask("q", most));
  }

  /** Tries until it is done, and says how long that took. */
  private <T> Duration until(Supplier<Future<T>> step) throws Exception {
    Instant begin = Instant.now();
    CompletableFuture<T> done = new CompletableFuture<>();
    again(step, done);
    done.get(20, TimeUnit.SECONDS);
    return Duration.between(begin, Instant.now());
  }

  private <T> void again(Supplier<Future<T>> step, CompletableFuture<T> done) {
    step.get()
        .onSuccess(done::complete)
        .onFailure(failure -> vertx.setTimer(20, tick -> again(step, done)));
  }

  @Test
  void whatWasAcceptedSurvivesTheDeathOfRedisAndWorkGoesOnSoonAfterItsReturn() throws Exception {
    assertThat(store.durability()).isEqualTo(Durability.FSYNC);
    List<Future<JobId>> asked = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      asked.add(create());
    }
    await(asked.get(100));
    redis.kill();
    await(Future.join(asked).otherwiseEmpty());
    List<JobId> accepted = asked.stream().filter(Future::succeeded).map(Future::result).toList();
    assertThat(accepted).hasSizeGreaterThan(100);
    assertThatThrownBy(() -> await(create())).hasCauseInstanceOf(StoreUnavailable.class);
    assertThat(store.trouble().orElseThrow()).startsWith("store: redis");
    redis.start();
    assertThat(until(this::create)).isLessThan(Duration.ofSeconds(5));
    until(() -> lease(1));
    for (JobId id : accepted) {
      assertThat(await(store.get(id))).isInstanceOf(JobLookup.Found.class);
    }
    assertThat(store.trouble()).isEmpty();
  }

  @Test
  void aRedisThatStandsStillIsGivenUpAndTakenUpAgain() throws Exception {
    JobId id = await(create());
    long pid = redis.pid();
    RedisProcess.signal("STOP", pid);
    try {
      Future<JobId> stuck = create();
      assertThatThrownBy(() -> await(stuck))
          .hasCauseInstanceOf(StoreUnavailable.class)
          .hasMessageContaining("no answer within");
    } finally {
      RedisProcess.signal("CONT", pid);
    }
    assertThat(until(this::create)).isLessThan(Duration.ofSeconds(5));
    until(() -> store.get(id));
    assertThat(await(lease(1)).get(0).lease().id()).isEqualTo(id);
  }

  @Test
  void forgottenScriptsAreHandedOverAgain() throws Exception {
    await(create());
    redis.run(Command.SCRIPT, "FLUSH");
    JobId second = await(create());
    redis.run(Command.SCRIPT, "FLUSH");
    assertThat(await(lease(9))).hasSize(2);
    assertThat(await(store.get(second))).isInstanceOf(JobLookup.Found.class);
  }

  @Test
  void cutConnectionsComeBack() throws Exception {
    await(create());
    redis.run(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
    redis.run(Command.CLIENT, "KILL", "TYPE", "pubsub");
    assertThat(until(this::create)).isLessThan(Duration.ofSeconds(5));
    until(() -> lease(9));
  }

  @Test
  void aFullRedisRefusesJobsButThoseThatAreThereEnd() throws Exception {
    JobId id = await(create());
    JobId other = await(create());
    redis.run(Command.CONFIG, "SET", "maxmemory", "1");
    assertThatThrownBy(() -> await(create()))
        .hasCauseInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("OOM");
    List<Leased> leased = await(lease(1));
    assertThat(await(store.renew(List.of(leased.get(0).lease()), Stored.LEASE))).isEmpty();
    assertThat(await(store.settle(leased.get(0).lease(), Stored.succeeded(Instant.now()))))
        .isTrue();
    await(store.cancel(other, Stored.KEEP));
    await(store.tend(100, Map.of()));
    redis.run(Command.CONFIG, "SET", "maxmemory", "0");
    assertThat(((JobLookup.Found) await(store.get(id))).status().state())
        .isEqualTo(JobState.SUCCEEDED);
    await(create());
  }

  @Test
  void aKeyOfAnotherKindIsAnErrorAndNotTheEnd() throws Exception {
    redis.run(Command.SET, "test:{q}:index", "not a set");
    assertThatThrownBy(() -> await(create()))
        .hasCauseInstanceOf(StoreUnavailable.class)
        .hasMessageContaining("WRONGTYPE");
    redis.run(Command.DEL, "test:{q}:index");
    await(create());
  }

  @Test
  void aServerThatWouldDeleteJobsIsRefused() throws Exception {
    redis.run(Command.CONFIG, "SET", "maxmemory-policy", "allkeys-lru");
    assertThatThrownBy(() -> await(store(Durability.OS).open()))
        .hasMessageContaining("maxmemory-policy: allkeys-lru (expected: noeviction");
  }

  @Test
  void aServerThatCannotKeepAsAskedIsRefused() throws Exception {
    redis.run(Command.CONFIG, "SET", "appendonly", "no");
    assertThatThrownBy(() -> await(store(Durability.FSYNC).open()))
        .hasMessageContaining("appendonly: no (expected: yes");
    assertThatThrownBy(() -> await(store(Durability.REPLICATED).open()))
        .hasMessageContaining("connected_slaves: 0");
    RedisJobStore loose = store(Durability.OS);
    await(loose.open());
    assertThat(loose.durability()).isEqualTo(Durability.OS);
    await(loose.close());
  }

  @Test
  void aServerThatBecameWorseIsNotUsedUntilItIsMended() throws Exception {
    redis.run(Command.CONFIG, "SET", "maxmemory-policy", "allkeys-lru");
    redis.run(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
    until(
        () ->
            store.trouble().filter(why -> why.contains("maxmemory-policy")).isPresent()
                ? Future.succeededFuture()
                : Future.failedFuture("not yet"));
    assertThatThrownBy(() -> await(create())).hasCauseInstanceOf(StoreUnavailable.class);
    redis.run(Command.CONFIG, "SET", "maxmemory-policy", "noeviction");
    assertThat(until(this::create)).isLessThan(Duration.ofSeconds(5));
  }
}
