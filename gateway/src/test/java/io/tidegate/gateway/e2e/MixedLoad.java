package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Clients of all kinds at work: those who submit, with keys and without, those who look, those who
 * listen, and those who change their minds. They outlive the gateway, and write down what they hear
 * of it.
 */
final class MixedLoad {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Of clients with a key, while one gateway after the other dies. */
  private static final Duration OBSTINACY = Duration.ofMinutes(5);

  private static final int RECENT = 256;

  /** Until a request with a key is sent again that was not acknowledged. */
  private static final long AGAIN_NANOS = 20_000_000;

  /** What of the upstream is asked for, as often as it is named. */
  private static final List<String> KINDS =
      List.of(
          "ok", "ok", "ok", "ok", "ok", "ok", "ok", "slow", "flaky", "flaky", "busy", "refused",
          "broken");

  private final Supplier<Lives> gateways;
  private final ClientLog log;
  private final String callback;
  private final int pause;
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicReferenceArray<String> recent = new AtomicReferenceArray<>(RECENT);
  private final AtomicInteger noted = new AtomicInteger();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private CountDownLatch working;
  private volatile CountDownLatch resting;
  private volatile boolean over;

  /**
   * @param gateways which one to ask next
   * @param pause of a client between two requests, in milliseconds, at most
   */
  MixedLoad(Supplier<Lives> gateways, ClientLog log, Ledger ledger, int pause) {
    this.gateways = gateways;
    this.log = log;
    this.callback = ledger.url() + LedgerUpstream.TOLD;
    this.pause = pause;
  }

  void start(int clients) {
    working = new CountDownLatch(clients + 4);
    for (int i = 0; i < clients; i++) {
      repeat(this::submit);
    }
    ClientLog.Witness first = log.witness();
    ClientLog.Witness second = log.witness();
    ClientLog.Witness third = log.witness();
    ClientLog.Witness fourth = log.witness();
    repeat(() -> look(first));
    repeat(() -> look(second));
    repeat(() -> listen(third));
    repeat(() -> change(fourth));
  }

  /** No more is asked; what was asked is waited for. */
  void end() throws InterruptedException {
    over = true;
    assertThat(working.await(OBSTINACY.toSeconds(), TimeUnit.SECONDS))
        .as("clients are done")
        .isTrue();
  }

  /** After a test that failed they must not go on. */
  void abandon() {
    over = true;
  }

  private interface Work {
    void once() throws InterruptedException;
  }

  private void repeat(Work work) {
    Threads.run(
        () -> {
          try {
            while (!over) {
              awaitWork();
              work.once();
              LockSupport.parkNanos(
                  TimeUnit.MILLISECONDS.toNanos(chance().nextInt(Math.max(1, pause))));
            }
          } catch (InterruptedException | RuntimeException | AssertionError failed) {
            log.failed(failed);
          } finally {
            working.countDown();
          }
        });
  }

  private void awaitWork() throws InterruptedException {
    CountDownLatch until = resting;
    if (until != null) {
      until.await();
    }
  }

  /** Nobody begins anything new while {@code meanwhile} takes. */
  void rest(Runnable meanwhile) {
    var until = new CountDownLatch(1);
    resting = until;
    try {
      meanwhile.run();
    } finally {
      resting = null;
      until.countDown();
    }
  }

  private static ThreadLocalRandom chance() {
    return ThreadLocalRandom.current();
  }

  private void submit() throws InterruptedException {
    String kind = KINDS.get(chance().nextInt(KINDS.size()));
    String folder = chance().nextInt(10) == 0 ? JobsConfig.BRIEF : "/tasks/";
    String target = folder + kind + "/" + numbers.incrementAndGet();
    List<String> fields = wishes(target);
    if (chance().nextBoolean()) {
      String key = '"' + target + '"';
      log.submits(target, key);
      fields.addAll(List.of("Idempotency-Key", key));
      submitUntilAcknowledged(target, fields);
    } else {
      log.submits(target);
      post(target, fields).ifPresent(job -> note(target, job));
    }
  }

  private List<String> wishes(String target) {
    List<String> fields = new ArrayList<>();
    switch (target.startsWith(JobsConfig.BRIEF) ? 12 : chance().nextInt(12)) {
      case 0, 1 -> fields.addAll(List.of("Job-Delay", chance().nextInt(100, 1500) + "ms"));
      case 2 -> fields.addAll(List.of("Job-Group", "group-" + chance().nextInt(4)));
      case 3 -> fields.addAll(List.of("Job-Priority", String.valueOf(chance().nextInt(10))));
      case 4 -> {
        fields.addAll(List.of("Prefer", "respond-async, wait=1"));
        log.waitsFor(target);
      }
      case 5 -> {
        fields.addAll(List.of("Job-Callback-Url", callback));
        log.wantsToBeTold(target);
      }
      default -> {}
    }
    return fields;
  }

  /** As a client with a key does. */
  private void submitUntilAcknowledged(String target, List<String> fields)
      throws InterruptedException {
    long limit = System.nanoTime() + OBSTINACY.toNanos();
    Optional<String> job;
    do {
      job = post(target, fields);
      if (job.isEmpty()) {
        LockSupport.parkNanos(AGAIN_NANOS);
      }
    } while (job.isEmpty() && System.nanoTime() < limit);
    note(target, job.orElseThrow(() -> new AssertionError(target + " was never acknowledged")));
  }

  private void note(String target, String job) {
    log.acknowledged(target, job);
    if (target.startsWith(JobsConfig.BRIEF)) {
      return; // Whoever looks for it comes too late.
    }
    recent.set(Math.floorMod(noted.getAndIncrement(), RECENT), job);
  }

  /** Sends all that had keys once more, {@code most} of them, each to the same end. */
  void resend(int most) throws InterruptedException {
    List<String> targets = log.keys().keySet().stream().limit(most).toList();
    for (String target : targets) {
      String key = log.keys().get(target);
      submitUntilAcknowledged(target, List.of("Idempotency-Key", key));
    }
  }

  /** The job that a request became; empty when nobody knows. */
  private Optional<String> post(String target, List<String> fields) throws InterruptedException {
    Optional<HttpResponse<String>> answer = send("POST", target, fields);
    answer
        .filter(response -> job(response).isEmpty() && !isAnsweredInPlace(target, response))
        .ifPresent(response -> log.refused(response.statusCode() + " " + response.body()));
    return answer.flatMap(MixedLoad::job);
  }

  /** The upstream never says more than its status. */
  private boolean isAnsweredInPlace(String target, HttpResponse<String> answer) {
    return log.waiting().contains(target) && answer.body().isEmpty();
  }

  /** In the receipt, or beside the result of whoever waited for it. */
  private static Optional<String> job(HttpResponse<String> answer) {
    Optional<String> receipt =
        answer.statusCode() == 202 ? answer.headers().firstValue("location") : Optional.empty();
    Stream<String> links = answer.headers().allValues("link").stream();
    return receipt
        .or(() -> links.filter(link -> link.endsWith("rel=\"status\"")).findAny())
        .map(place -> place.replaceAll(".*/jobs/([0-9a-f-]+).*", "$1"));
  }

  private Optional<String> any() {
    return Optional.ofNullable(recent.get(chance().nextInt(RECENT)));
  }

  private void look(ClientLog.Witness witness) throws InterruptedException {
    List<String> patience = chance().nextBoolean() ? List.of() : List.of("Prefer", "wait=1");
    Optional<String> job = any();
    if (job.isPresent()) {
      send("GET", "/jobs/" + job.get(), patience).ifPresent(answer -> document(answer, witness));
    }
  }

  private void document(HttpResponse<String> answer, ClientLog.Witness witness) {
    int status = answer.statusCode();
    if (status == 200 || status == 202) {
      witness.sees(new JsonObject(answer.body()));
    } else {
      log.refused("looking: " + status);
    }
  }

  private void change(ClientLog.Witness witness) throws InterruptedException {
    Optional<String> job = any();
    if (job.isEmpty()) {
      return;
    }
    String what = chance().nextInt(3) == 0 ? "/cancel" : "/retry";
    // Neither may be possible any more, or yet.
    send("POST", "/jobs/" + job.get() + what, List.of())
        .filter(answer -> answer.statusCode() != 409)
        .ifPresent(answer -> document(answer, witness));
  }

  /** Follows one job to its end, and connects again wherever the stream breaks. */
  private void listen(ClientLog.Witness witness) throws InterruptedException {
    Optional<String> job = any();
    long[] last = {0};
    boolean[] ended = {job.isEmpty()};
    while (!ended[0] && !over) {
      try {
        HttpRequest request =
            request(
                    gateways.get().running(),
                    "GET",
                    "/jobs/" + job.get() + "/events",
                    List.of("Last-Event-ID", "" + last[0]))
                .build();
        HttpResponse<Stream<String>> answer =
            http.send(request, HttpResponse.BodyHandlers.ofLines());
        try (Stream<String> lines = answer.body()) {
          lines.forEach(line -> hear(line, witness, last, ended));
        }
        ended[0] |= answer.statusCode() != 200;
      } catch (IOException | UncheckedIOException broken) {
        // It comes again, with the last version that it heard of.
      }
    }
  }

  private static void hear(String line, ClientLog.Witness witness, long[] last, boolean[] ended) {
    if (line.startsWith("id: ")) {
      last[0] = Long.parseLong(line.substring("id: ".length()));
    } else if (line.equals("event: end")) {
      ended[0] = true;
    } else if (line.startsWith("data: {\"")) {
      witness.sees(new JsonObject(line.substring("data: ".length())));
    }
  }

  private HttpRequest.Builder request(
      TidegateProcess gateway, String method, String path, List<String> fields) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.ofString(method.equals("GET") ? "" : "x"));
    if (!fields.isEmpty()) {
      request.headers(fields.toArray(String[]::new));
    }
    return request;
  }

  /** Empty when the connection broke before the answer. */
  private Optional<HttpResponse<String>> send(String method, String path, List<String> fields)
      throws InterruptedException {
    Lives lives = gateways.get();
    TidegateProcess asked = lives.running();
    try {
      return Optional.of(
          http.send(
              request(asked, method, path, fields).build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException broken) {
      if (lives.isRunning(asked)) {
        log.refused(method + " to a process that lives: " + broken);
      }
      return Optional.empty();
    }
  }
}
