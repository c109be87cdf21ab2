package io.tidegate.worker.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobNotice.Change;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.store.Creation;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.LeaseAsk;
import io.tidegate.worker.store.Leased;
import io.tidegate.worker.store.NewJob;
import io.tidegate.worker.store.Stored;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several nodes on one Redis. */
class RedisNodesTest {
  private static final int NODES = 3;

  private final Vertx vertx = Vertx.vertx();
  private final List<RedisJobStore> nodes = new ArrayList<>();
  private RedisProcess redis;

  @BeforeEach
  void open() throws Exception {
    redis = new RedisProcess(vertx);
    for (int i = 0; i < NODES; i++) {
      nodes.add(new RedisJobStore(redis.store(Durability.OS), JobMeters.NONE));
      await(nodes.get(i).open());
    }
  }

  @AfterEach
  void close() throws Exception {
    for (RedisJobStore node : nodes) {
      await(node.close());
    }
    redis.close();
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private Future<List<Creation>> create(int node, NewJob... jobs) {
    return nodes.get(node).create(List.of(jobs), false);
  }

  private static NewJob job() {
    return Stored.job(Stored.request("q"), Instant.now());
  }

  @Test
  void eachJobIsGivenToOneNodeAndNothingIsLeftWhenAllAreForgotten() throws Exception {
    List<Future<List<Creation>>> made = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      made.add(create(i % NODES, job()));
    }
    await(Future.all(made));
    Set<JobId> seen = new HashSet<>();
    while (seen.size() < 300) {
      List<Future<List<Leased>>> asked = new ArrayList<>();
      nodes.forEach(node -> asked.add(node.lease(Stored.ask("q", 7))));
      for (int i = 0; i < NODES; i++) {
        for (Leased one : await(asked.get(i))) {
          assertThat(seen.add(one.lease().id())).isTrue();
          await(nodes.get(i).settle(one.lease(), Stored.succeeded(Instant.now())));
        }
      }
    }
    QueueStatus queue = await(nodes.get(0).queues()).get(0);
    assertThat(queue.depth()).isEqualTo(Map.of(JobState.SUCCEEDED, 300L));
    for (JobId id : seen) {
      await(nodes.get(1).delete(id));
    }
    assertThat(await(nodes.get(2).queues())).isEmpty();
    for (String part :
        List.of(
            "jobs", "calls", "results", "logs", "ready", "run", "late", "over", "expiry", "index",
            "delay", "groups")) {
      assertThat(redis.run(Command.EXISTS, "test:{q}:" + part).toLong()).as(part).isZero();
    }
    assertThat(redis.run(Command.HGET, "test:{q}:count", "open").toString()).isEqualTo("0");
    assertThat(redis.run(Command.HGET, "test:{q}:count", "over").toString()).isEqualTo("0");
  }

  @Test
  void oneKeyMakesOneJobOnWhicheverNodesItComes() throws Exception {
    List<Future<List<Creation>>> made = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      IdempotencyKey key = new IdempotencyKey("slot", "f");
      NewJob job = Stored.job(Stored.request("q").withKey(key), Instant.now());
      made.add(create(i % NODES, job));
    }
    Set<JobId> ids = new HashSet<>();
    for (Future<List<Creation>> one : made) {
      ids.add(((Made) await(one).get(0)).id());
    }
    assertThat(ids).hasSize(1);
    assertThat(await(nodes.get(0).lease(Stored.ask("q", 9)))).hasSize(1);
  }

  @Test
  void whatADeadNodeRanIsRunByAnotherAndNotBefore() throws Exception {
    JobId id = ((Made) await(create(0, job())).get(0)).id();
    Duration lease = Duration.ofMillis(500);
    Leased dead =
        await(nodes.get(0).lease(new LeaseAsk("q", 1, "node-0", lease, Set.of(), false))).get(0);
    await(nodes.get(0).close());
    assertThat(await(nodes.get(1).tend(10, Map.of())).crashed()).isZero();
    assertThat(await(nodes.get(1).lease(Stored.ask("q", 1)))).isEmpty();
    Instant begin = Instant.now();
    while (await(nodes.get(2).tend(10, Map.of())).crashed() == 0) {
      assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(5));
    }
    Leased again = await(nodes.get(1).lease(Stored.ask("q", 1))).get(0);
    assertThat(again.lease().id()).isEqualTo(id);
    assertThat(again.counters().crashes()).isEqualTo(1);
    assertThat(again.lease().token()).isGreaterThan(dead.lease().token());
    assertThat(await(nodes.get(2).settle(dead.lease(), Stored.succeeded(Instant.now())))).isFalse();
  }

  @Test
  void othersAreToldWhenAJobIsReady() throws Exception {
    BlockingQueue<Change> heard = new LinkedBlockingQueue<>();
    BlockingQueue<Change> own = new LinkedBlockingQueue<>();
    nodes.get(1).onElsewhere(heard::addAll);
    nodes.get(1).onChange(own::addAll);
    JobId id = ((Made) await(create(0, job())).get(0)).id();
    Change change = heard.poll(5, TimeUnit.SECONDS);
    assertThat(change).isEqualTo(new Change(id, "q", JobState.QUEUED, 1));
    assertThat(own).isEmpty();
  }
}
