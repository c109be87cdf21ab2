package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.redis.RedisProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that know nothing of each other but the Redis that they share. */
class SharedJobsTest {
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** A node: a Vert.x, its worker and whoever does the jobs. */
  private static final class Node {
    final Vertx vertx = Vertx.vertx();
    final Jobs jobs = WorkerBus.client(vertx, WorkerBus.Reach.NODE);

    void start(JobsOptions options, Function<Run, Future<Outcome>> work) {
      Events events = event -> {};
      await(WorkerBus.perform(vertx, QueueOptions.PERFORM, work::apply));
      await(vertx.deployVerticle(new WorkerVerticle(options, JobMeters.NONE, events)));
    }
  }

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<JobId, AtomicInteger> runs = new ConcurrentHashMap<>();
  private final BlockingQueue<JobId> done = new LinkedBlockingQueue<>();
  private RedisProcess redis;

  @BeforeEach
  void open() throws Exception {
    redis = RedisProcess.durable(vertx, folder);
  }

  @AfterEach
  void close() throws Exception {
    nodes.forEach(node -> await(node.vertx.close()));
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

  private Node start() {
    return start(this::work);
  }

  private Node start(Function<Run, Future<Outcome>> work) {
    Node node = new Node();
    Map<String, QueueOptions> queues = Map.of("q", QueueOptions.DEFAULTS.withConcurrency(8));
    node.start(
        new JobsOptions(redis.store(Durability.FSYNC), queues, JobsOptions.LEASE, GRACE), work);
    nodes.add(node);
    return node;
  }

  private Future<Outcome> work(Run run) {
    JobId id = run.delivery().lease().id();
    runs.computeIfAbsent(id, any -> new AtomicInteger()).incrementAndGet();
    done.add(id);
    return Future.succeededFuture(new Outcome.Succeeded(JobResult.EMPTY));
  }

  private static Future<Submission> submit(Node node) {
    return node.jobs.submit(JobRequest.of("q", "orders", new JobCall("POST", "/x")));
  }

  private void awaitAll(Set<JobId> ids) throws Exception {
    Set<JobId> left = ConcurrentHashMap.newKeySet();
    left.addAll(ids);
    while (!left.isEmpty()) {
      JobId one = done.poll(20, TimeUnit.SECONDS);
      assertThat(one).as("%d jobs were not run", left.size()).isNotNull();
      left.remove(one);
    }
  }

  @Test
  void anyNodeRunsEachJobOnceAlsoWhileOneStopsAndAnotherStarts() throws Exception {
    for (int i = 0; i < 3; i++) {
      start();
    }
    List<Future<Submission>> asked = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      asked.add(submit(nodes.get(1 + i % 2)));
    }
    Node leaving = nodes.remove(0);
    await(leaving.vertx.close());
    Node coming = start();
    for (int i = 0; i < 100; i++) {
      asked.add(submit(coming));
    }
    Set<JobId> ids = ConcurrentHashMap.newKeySet();
    asked.forEach(one -> ids.add(((Accepted) await(one)).id()));
    awaitAll(ids);
    assertThat(runs.keySet()).isEqualTo(ids);
    assertThat(runs.values()).allMatch(count -> count.get() == 1);
  }

  @Test
  void aNodeThatOnlyTakesJobsWakesOneThatIsIdle() throws Exception {
    Promise<Outcome> never = Promise.promise();
    Node asking = start(run -> never.future());
    for (int i = 0; i < 8; i++) {
      await(submit(asking)); // Now it has its hands full.
    }
    start();
    JobId id = ((Accepted) await(submit(asking))).id();
    awaitAll(Set.of(id));
    never.complete(new Outcome.Succeeded(JobResult.EMPTY));
  }

  @Test
  void workGoesOnSoonAfterRedisIsBack() throws Exception {
    Node node = start();
    awaitAll(Set.of(((Accepted) await(submit(node))).id()));
    redis.kill();
    Submission refused = await(submit(node));
    assertThat(refused).isInstanceOf(Submission.Refused.class);
    assertThat(await(node.jobs.health()).troubles()).anyMatch(one -> one.startsWith("store"));
    redis.start();
    Promise<JobId> accepted = Promise.promise();
    long begin = System.nanoTime();
    again(node, accepted);
    awaitAll(Set.of(await(accepted.future())));
    assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
    assertThat(await(node.jobs.health()).well()).isTrue();
  }

  private void again(Node node, Promise<JobId> accepted) {
    submit(node)
        .onSuccess(
            answer -> {
              if (answer instanceof Accepted one) {
                accepted.complete(one.id());
              } else {
                vertx.setTimer(20, tick -> again(node, accepted));
              }
            })
        .onFailure(accepted::fail);
  }
}
