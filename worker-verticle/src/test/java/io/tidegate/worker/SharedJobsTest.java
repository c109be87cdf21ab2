package io.tidegate.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.Run;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.store.redis.RedisProcess;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
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
    return start(work, JobsOptions.LEASE);
  }

  private Node start(Function<Run, Future<Outcome>> work, Duration lease) {
    Node node = new Node();
    Map<String, QueueOptions> queues = Map.of("q", QueueOptions.DEFAULTS.withConcurrency(8));
    node.start(new JobsOptions(redis.store(Durability.FSYNC), queues, lease, GRACE), work);
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
  void aNodeWhoseEventLoopsAreBusyForTwoLeasesKeepsItsRuns() throws Exception {
    Duration lease = Duration.ofSeconds(5);
    Promise<Outcome> end = Promise.promise();
    Node busy =
        start(
            run -> {
              work(run);
              return end.future();
            },
            lease);
    JobId id = ((Accepted) await(submit(busy))).id();
    awaitAll(Set.of(id));
    start(this::work, lease);

    holdUp(busy, lease.multipliedBy(2).plusMillis(500));
    end.complete(new Outcome.Succeeded(JobResult.EMPTY));

    JobStatus status = ((JobLookup.Found) await(busy.jobs.get(id))).status();
    for (int i = 0; i < 10 && !status.state().terminal(); i++) {
      status = ((JobLookup.Found) await(busy.jobs.get(id, status.version(), GRACE))).status();
    }
    assertThat(status.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(status.counters().crashes()).isZero();
    assertThat(runs.get(id)).hasValue(1);
  }

  /** Keeps all event loops of a node busy for so long. */
  private static void holdUp(Node node, Duration time) throws Exception {
    int loops = VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE;
    CountDownLatch never = new CountDownLatch(1);
    List<Future<Boolean>> held = new CopyOnWriteArrayList<>();
    Supplier<VerticleBase> holder =
        () ->
            new VerticleBase() {
              @Override
              public Future<?> start() {
                Promise<Boolean> over = Promise.promise();
                held.add(over.future());
                context.runOnContext(
                    any -> {
                      try {
                        over.complete(never.await(time.toMillis(), TimeUnit.MILLISECONDS));
                      } catch (InterruptedException stopped) {
                        over.fail(stopped);
                      }
                    });
                return Future.succeededFuture();
              }
            };
    node.vertx.deployVerticle(holder, new DeploymentOptions().setInstances(loops));
    long end = System.nanoTime() + time.multipliedBy(3).toNanos();
    while (held.size() < loops || !held.stream().allMatch(Future::succeeded)) {
      assertThat(System.nanoTime()).as("event loops held up").isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
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
