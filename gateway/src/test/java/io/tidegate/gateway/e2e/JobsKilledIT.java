package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of a 202, held against what the upstream saw and what the clients were told, while
 * the process is killed under load and started again on the same folder.
 */
@Timeout(120)
class JobsKilledIT {
  private static final int KILLS = 4;
  private static final int CONCURRENCY = 8;
  private static final int CLIENTS = 12;
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Most of the time goes into starts. */
  private static final String[] FLAGS = {
    "-XX:TieredStopAtLevel=1", "-Dio.netty.leakDetection.level=simple"
  };

  private static final Set<String> TERMINAL =
      Set.of("succeeded", "failed", "dead", "canceled", "expired");

  /** What the upstream was asked to do, job by job; filled by nobody else. */
  private final Queue<Execution> ledger = new ConcurrentLinkedQueue<>();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path folder;
  private RawUpstream upstream;

  /** Incomplete between the end of one process and the start of the next. */
  private volatile CompletableFuture<TidegateProcess> gateway;

  /** Clients of a test that failed must not go on. */
  private volatile boolean abandoned;

  private record Execution(String target, String job) {}

  @BeforeEach
  void start() {
    upstream = RawUpstream.start(this::execute);
    gateway = CompletableFuture.completedFuture(TidegateProcess.start(file(), FLAGS));
  }

  @AfterEach
  void stop() {
    abandoned = true;
    TidegateProcess last = gateway.getNow(null);
    try {
      if (last != null) {
        last.close();
      }
    } finally {
      upstream.close();
    }
  }

  private void execute(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    ledger.add(new Execution(request.target(), request.header("job-id").orElse("none")));
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextInt(30)));
    RawUpstream.OK.answer(request, connection);
  }

  private String file() {
    return """
        upstreams:
          origin: {endpoints: ['%s']}
        queues:
          work: {concurrency: %d}
        jobs: {grace: %ds}
        routes:
          - {id: work, match: {path: /work/**}, upstream: origin, async: {queue: work, when: always}}
        stores:
          jobs: {path: '%s'}
        """
        .formatted(upstream.url(), CONCURRENCY, GRACE.toSeconds(), folder.resolve("jobs"));
  }

  @Test
  void noKillLosesAJobOrMakesOneThatNobodyAskedFor() throws Exception {
    var load = new Load();
    load.start();
    for (int kill = 0; kill < KILLS; kill++) {
      load.awaitAcknowledged(ThreadLocalRandom.current().nextInt(20, 200));
      restart(killed -> killed.process().destroyForcibly());
    }
    load.awaitAcknowledged(50);
    load.end();

    assertKept(load);
    assertThat(duplicates())
        .as("executions beyond the first")
        .isLessThanOrEqualTo(KILLS * CONCURRENCY);
    assertThat(executions().values()).allMatch(times -> times <= 1 + KILLS);
    assertThat(load.resendKeyed(100)).as("jobs of keys sent again").isEmpty();
  }

  @Test
  void aStopUnderLoadLosesNothingAndRunsNothingTwice() throws Exception {
    var load = new Load();
    load.start();
    load.awaitAcknowledged(100);
    int code =
        restart(
            stopped -> {
              stopped.sigterm();
              stopped.exitCode(GRACE.plusSeconds(2));
            });
    load.awaitAcknowledged(50);
    load.end();

    assertThat(code).isIn(0, 143);
    assertKept(load);
    assertThat(duplicates()).isZero();
  }

  @Test
  void aSecondProcessOnTheSameFolderRefusesToStart() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("second.yaml"),
            "server: {host: 127.0.0.1, port: 0}\nadmin: {port: 0}\n" + file());
    Process second = TidegateProcess.launch(folder, List.of(), "run", "-c", config.toString());
    try {
      assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(second.exitValue()).isEqualTo(1);
      assertThat(
              new String(second.getInputStream().readAllBytes(), UTF_8)
                  + new String(second.getErrorStream().readAllBytes(), UTF_8))
          .contains("stores.jobs.path: " + folder.resolve("jobs") + " is in use");
    } finally {
      second.destroyForcibly();
    }
    assertThat(send("POST", "/work/1").statusCode()).isEqualTo(202);
  }

  private interface End {
    void of(TidegateProcess process);
  }

  /** The exit code of the process that ended. */
  private int restart(End end) {
    TidegateProcess before = gateway.join();
    var next = new CompletableFuture<TidegateProcess>();
    gateway = next;
    int code;
    try (before) {
      end.of(before);
      code = before.exitCode(PATIENCE);
    }
    next.complete(TidegateProcess.start(file(), FLAGS));
    return code;
  }

  /** No loss, and no ghosts: what was acknowledged was done, and each request made one job. */
  private void assertKept(Load load) throws Exception {
    Map<String, String> unfinished = new HashMap<>();
    for (String location : load.acknowledged.values()) {
      String state = end(location);
      if (!state.equals("succeeded")) {
        unfinished.put(location, state);
      }
    }
    Map<String, String> executed = new HashMap<>();
    for (Execution one : ledger) {
      assertThat(load.submitted).as("targets asked for").contains(one.target());
      String job = executed.putIfAbsent(one.target(), "/jobs/" + one.job());
      assertThat(job).as("the job of " + one.target()).isIn(null, "/jobs/" + one.job());
    }
    assertThat(load.failures).isEmpty();
    assertThat(unfinished).as("acknowledged jobs that did not succeed").isEmpty();
    assertThat(executed).as("jobs executed").containsAllEntriesOf(load.acknowledged);
  }

  private Map<String, Integer> executions() {
    Map<String, Integer> times = new HashMap<>();
    ledger.forEach(one -> times.merge(one.job(), 1, Integer::sum));
    return times;
  }

  private int duplicates() {
    Map<String, Integer> times = executions();
    return times.values().stream().mapToInt(Integer::intValue).sum() - times.size();
  }

  /** The terminal state of a job, or where it was when patience ended. */
  private String end(String location) throws Exception {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    String state;
    do {
      HttpResponse<String> status = send("GET", location, "Prefer", "wait=5");
      state =
          status.statusCode() == 200
              ? new JsonObject(status.body()).getString("state")
              : "status " + status.statusCode();
    } while (!TERMINAL.contains(state) && System.nanoTime() < limit);
    return state;
  }

  private TidegateProcess running() throws InterruptedException {
    try {
      return gateway.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IllegalStateException("not started again", failed);
    }
  }

  private HttpResponse<String> send(String method, String path, String... fields)
      throws IOException, InterruptedException {
    int port = running().port();
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.ofString(method.equals("GET") ? "" : "x"));
    if (fields.length > 0) {
      request.headers(fields);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Clients, half of whose requests have a key and are sent until they are acknowledged. */
  private final class Load {
    private final Set<String> submitted = ConcurrentHashMap.newKeySet();

    /** Location by target. */
    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Semaphore acknowledgements = new Semaphore(0);
    private final AtomicInteger numbers = new AtomicInteger();
    private final CountDownLatch clients = new CountDownLatch(CLIENTS);
    private volatile boolean over;

    void start() {
      for (int i = 0; i < CLIENTS; i++) {
        Threads.run(this::submitUntilOver);
      }
    }

    /** Waits for {@code count} more. */
    void awaitAcknowledged(int count) throws InterruptedException {
      acknowledgements.drainPermits();
      assertThat(acknowledgements.tryAcquire(count, PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as(count + " more acknowledged; failures: " + failures)
          .isTrue();
    }

    void end() throws InterruptedException {
      over = true;
      assertThat(clients.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("clients done").isTrue();
    }

    private void submitUntilOver() {
      try {
        while (!over && !abandoned) {
          submit(numbers.incrementAndGet());
        }
      } catch (InterruptedException | RuntimeException failed) {
        failures.add(failed);
      } finally {
        clients.countDown();
      }
    }

    private void submit(int number) throws InterruptedException {
      String target = "/work/" + number;
      submitted.add(target);
      Optional<String> location = number % 2 == 0 ? postKeyed(target) : acknowledged(post(target));
      if (location.isPresent()) {
        acknowledged.put(target, location.get());
        acknowledgements.release();
      }
    }

    /** As a client with a key does: until it is acknowledged. */
    private Optional<String> postKeyed(String target) throws InterruptedException {
      long limit = System.nanoTime() + PATIENCE.toNanos();
      Optional<String> location;
      do {
        location = acknowledged(post(target, key(target)));
      } while (location.isEmpty() && !abandoned && System.nanoTime() < limit);
      return location;
    }

    private String[] key(String target) {
      return new String[] {"Idempotency-Key", '"' + target + '"'};
    }

    /** Empty when the connection broke before the answer. */
    private Optional<HttpResponse<String>> post(String target, String... fields)
        throws InterruptedException {
      try {
        return Optional.of(send("POST", target, fields));
      } catch (IOException broken) {
        return Optional.empty();
      }
    }

    private Optional<String> acknowledged(Optional<HttpResponse<String>> answer) {
      return answer
          .filter(response -> response.statusCode() == 202)
          .flatMap(response -> response.headers().firstValue("location"));
    }

    /** Targets, of the first {@code count} with a key, for which another job is named now. */
    Map<String, String> resendKeyed(int count) throws InterruptedException {
      Map<String, String> changed = new HashMap<>();
      for (int number = 2; number <= 2 * count && number <= numbers.get(); number += 2) {
        String target = "/work/" + number;
        String location = postKeyed(target).orElse("none");
        if (!location.equals(acknowledged.get(target))) {
          changed.put(target, location);
        }
      }
      return changed;
    }
  }
}
