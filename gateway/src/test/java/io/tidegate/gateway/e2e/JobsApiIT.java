package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients and operators are promised of jobs, asked of the jar. */
@Timeout(60)
class JobsApiIT {
  private static final CompletableFuture<Boolean> ABORTED = new CompletableFuture<>();
  private static volatile boolean healed;
  private static RawUpstream upstream;
  private static int ordersPort;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(JobsApiIT::answer);
    try (var taken = RawUpstream.start(RawUpstream.OK)) {
      ordersPort = taken.port();
    }
    gateway =
        TidegateProcess.start(
            """
            upstreams:
              origin: {endpoints: ['%1$s'], outlier: false, breaker: false}
              orders:
                endpoints: ['http://127.0.0.1:%2$d']
                outlier: false
                breaker: {failures: 2, reset: 500ms}
            queues:
              work: {retry: {attempts: 2, backoff: {base: 50ms, max: 50ms}}}
              full: {max-depth: 1}
              small: {max-body: 10B}
              orders: {retry: {attempts: 100, backoff: {base: 100ms, max: 100ms}}}
            routes:
              - {id: work, match: {path: /tasks/**}, upstream: origin, async: {queue: work, when: always}}
              - {id: full, match: {path: /full}, upstream: origin, async: {queue: full, when: always}}
              - {id: small, match: {path: /small}, upstream: origin, async: {queue: small, when: always}}
              - {id: orders, match: {path: /orders/**}, upstream: orders, retry: false, fallback: [{queue: orders}]}
            """
                .formatted(upstream.url(), ordersPort));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  private static void answer(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    request.body();
    if (request.target().equals("/tasks/hang")) {
      ABORTED.complete(connection.closedWithin(Duration.ofSeconds(20)));
    } else if (request.target().equals("/tasks/broken") && !healed) {
      connection.write("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n");
    } else {
      connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone");
    }
  }

  private static String head(String method, String path, String body, String... fields) {
    String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        + body.length()
        + "\r\n"
        + more
        + "\r\n"
        + body;
  }

  private static RawClient.Response ask(String method, String path, String body, String... fields) {
    return RawClient.exchange(gateway.port(), head(method, path, body, fields));
  }

  private static JsonObject operate(String method, String path, String body) {
    String json = "Content-Type: application/json";
    RawClient.Response answer =
        RawClient.exchange(gateway.adminPort(), head(method, path, body, json));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return new JsonObject(answer.text());
  }

  private static String location(RawClient.Response accepted) {
    return accepted
        .header("location")
        .orElseThrow(() -> new AssertionError(accepted.statusLine() + " " + accepted.text()));
  }

  private static String id(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  /** Waits, change by change, until the job is in {@code state}. */
  private static JsonObject await(String job, String state) {
    RawClient.Response now = ask("GET", job, "");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!new JsonObject(now.text()).getString("state").equals(state)) {
      assertThat(System.nanoTime()).as(now.text()).isLessThan(end);
      String tag = now.header("etag").orElseThrow();
      RawClient.Response next = ask("GET", job, "", "Prefer: wait=2", "If-None-Match: " + tag);
      now = next.status() == 304 ? now : next;
    }
    return new JsonObject(now.text());
  }

  @Test
  void aHundredClientsWithOneKeyMakeOneJobAndOneCall() throws Exception {
    String key = "Idempotency-Key: \"hundred\"";
    ExecutorService clients = Executors.newFixedThreadPool(100);
    List<Future<RawClient.Response>> answers =
        IntStream.range(0, 100)
            .mapToObj(i -> clients.submit(() -> ask("POST", "/tasks/hundred", "x", key)))
            .toList();
    String job = null;
    for (Future<RawClient.Response> each : answers) {
      RawClient.Response answer = each.get(30, TimeUnit.SECONDS);
      assertThat(answer.status()).isEqualTo(202);
      job = job == null ? location(answer) : job;
      assertThat(location(answer)).isEqualTo(job);
    }
    clients.shutdown();

    await(job, "succeeded");

    assertThat(upstream.requests()).filteredOn(r -> r.target().equals("/tasks/hundred")).hasSize(1);
    RawClient.Response other = ask("POST", "/tasks/hundred", "y", key);
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.header("content-type").orElse("")).startsWith("application/problem+json");
  }

  @Test
  void eventsTellEachVersionUpToTheEndAndResume() {
    String job = location(ask("POST", "/tasks/later", "x", "Job-Delay: 1h"));
    try (var events = RawClient.connect(gateway.port())) {
      events.send(head("GET", job + "/events", ""));
      assertThat(events.head().header("content-type").orElse("")).startsWith("text/event-stream");
      assertThat(nextField(events, "id: ")).isEqualTo("1");
      assertThat(nextField(events, "event: ")).isEqualTo("state");

      ask("POST", job + "/cancel", "");

      assertThat(nextField(events, "id: ")).isEqualTo("2");
      assertThat(nextField(events, "data: ")).contains("canceled");
      assertThat(nextField(events, "event: ")).isEqualTo("end");
    }
    String resumed = ask("GET", job + "/events", "", "Last-Event-ID: 1").text();
    assertThat(resumed).contains("id: 2\n", "event: end\n").doesNotContain("id: 1\n");
  }

  private static String nextField(RawClient events, String name) {
    String line = events.line();
    while (!line.startsWith(name)) {
      line = events.line();
    }
    return line.substring(name.length());
  }

  @Test
  void whoKnowsTheVersionIsToldNothingNewAndMayWaitForAChange() throws Exception {
    String job = location(ask("POST", "/tasks/known", "x", "Job-Delay: 1h"));
    String tag = "If-None-Match: " + ask("GET", job, "").header("etag").orElseThrow();

    assertThat(ask("GET", job, "", tag).status()).isEqualTo(304);
    try (var waiting = RawClient.connect(gateway.port())) {
      waiting.send(head("GET", job, "", tag, "Prefer: wait=20"));
      assertThat(ask("POST", job + "/cancel", "").status()).isEqualTo(200);
      RawClient.Response changed = waiting.response();
      assertThat(changed.status()).isEqualTo(200);
      assertThat(new JsonObject(changed.text()).getString("state")).isEqualTo("canceled");
    }
    assertThat(ask("GET", job, "", tag).status()).isEqualTo(200);
  }

  @Test
  void cancelingARunningJobAbortsItsCall() throws Exception {
    String job = location(ask("POST", "/tasks/hang", "x"));
    upstream.awaitRequest("/tasks/hang");

    assertThat(ask("POST", job + "/cancel", "").status()).isBetween(200, 202);

    assertThat(ABORTED.get(10, TimeUnit.SECONDS)).isTrue();
    await(job, "canceled");
  }

  @Test
  void anExhaustedJobIsDeadUntilAnOperatorPutsItBack() {
    String job = location(ask("POST", "/tasks/broken", "x"));
    assertThat(await(job, "dead").getInteger("attempts")).isEqualTo(2);
    assertThat(operate("GET", "/queues/work/dead", "").encode()).contains(id(job));
    JsonObject wish = new JsonObject().put("ids", new JsonArray().add(id(job)));

    JsonObject dry =
        operate("POST", "/queues/work/dead/requeue", wish.copy().put("dry_run", true).encode());
    assertThat(dry.getInteger("requeued")).isEqualTo(1);
    assertThat(new JsonObject(ask("GET", job, "").text()).getString("state")).isEqualTo("dead");

    healed = true;
    assertThat(operate("POST", "/queues/work/dead/requeue", wish.encode()).getInteger("requeued"))
        .isEqualTo(1);
    assertThat(await(job, "succeeded").getInteger("generation")).isPositive();
    assertThat(operate("GET", "/queues/work/dead", "").encode()).doesNotContain(id(job));
  }

  @Test
  void whatAJobIsToDoIsShownToOperatorsWhoAskForIt() {
    String job =
        location(ask("POST", "/tasks/secret?key=1", "hush", "X-Token: t", "Job-Delay: 1h"));

    JsonObject shown = operate("GET", "/jobs/" + id(job) + "/request", "");
    assertThat(shown.encode()).contains("/tasks/secret?***").doesNotContain("hush", "key=1");
    assertThat(shown.getInteger("body_bytes")).isEqualTo(4);
    assertThat(shown.getJsonObject("headers").getString("x-token")).isEqualTo("***");

    JsonObject all = operate("GET", "/jobs/" + id(job) + "/request?reveal=true", "");
    assertThat(all.getString("path")).isEqualTo("/tasks/secret?key=1");
    assertThat(all.getString("body")).isEqualTo("hush");
    assertThat(all.getJsonObject("headers").getString("x-token")).isEqualTo("t");
    assertThat(ask("POST", job + "/cancel", "").status()).isEqualTo(200);
  }

  @Test
  void aFullQueueAndALargeBodyAreRefused() {
    location(ask("POST", "/full", "x", "Job-Delay: 1h"));

    RawClient.Response full = ask("POST", "/full", "x");

    assertThat(full.status()).isEqualTo(429);
    assertThat(Integer.parseInt(full.header("retry-after").orElse("0"))).isPositive();
    assertThat(ask("POST", "/small", "x".repeat(11)).status()).isEqualTo(413);
    assertThat(ask("POST", "/small", "x".repeat(10)).status()).isEqualTo(202);
  }

  @Test
  void whatAnUpstreamMissedIsForwardedInOrderWhenItIsBack() throws Exception {
    for (String body : List.of("1", "2", "3")) {
      assertThat(ask("POST", "/orders/a", body).status()).isEqualTo(202);
    }
    try (var back = RawUpstream.start(ordersPort, RawUpstream.ok("done"))) {
      for (String body : List.of("1", "2", "3")) {
        assertThat(back.awaitRequest("/orders/a").body().text()).isEqualTo(body);
      }
    }
  }
}
