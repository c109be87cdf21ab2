package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that begin at once and become jobs when they take longer than their clients wait. */
@Timeout(60)
class JobsLiveIT {
  private static final String SOON = "Prefer: respond-async, wait=1";
  private static final String LONG = "Prefer: respond-async, wait=20";

  /** What holds the upstream's answer to a path back, and whether the call was broken off. */
  private static final Map<String, CompletableFuture<Void>> HELD = new ConcurrentHashMap<>();

  private static final CompletableFuture<Boolean> ABORTED = new CompletableFuture<>();
  private static final CompletableFuture<Boolean> CUT_OFF = new CompletableFuture<>();
  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(JobsLiveIT::answer);
    gateway =
        TidegateProcess.start(
            """
            upstreams:
              origin: {endpoints: ['%s'], outlier: false, breaker: false}
              thrifty: {endpoints: ['%s'], outlier: false, breaker: false}
            queues:
              quick: {}
              held: {retry: {attempts: 3, backoff: {base: 50ms, max: 50ms}}}
              left: {}
              keyed: {}
              one: {concurrency: 1}
              paused: {}
              full: {max-depth: 1}
              always: {}
              thrifty: {concurrency: 64, retry: {attempts: 50, backoff: {base: 20ms, max: 20ms}}}
            jobs: {max-result: 1KiB}
            routes:
              - {id: quick, match: {path: /quick/**}, upstream: origin, async: {queue: quick}}
              - {id: held, match: {path: /held/**}, upstream: origin, async: {queue: held}}
              - {id: left, match: {path: /left/**}, upstream: origin, async: {queue: left}}
              - {id: keyed, match: {path: /keyed/**}, upstream: origin, async: {queue: keyed}}
              - {id: one, match: {path: /one/**}, upstream: origin, async: {queue: one}}
              - {id: paused, match: {path: /paused/**}, upstream: origin, async: {queue: paused}}
              - {id: full, match: {path: /full/**}, upstream: origin, async: {queue: full}}
              - {id: always, match: {path: /always/**}, upstream: origin, async: {queue: always, when: always}}
              - id: thrifty
                match: {path: /thrifty/**}
                upstream: thrifty
                retry: {budget: {share: 0%%, min: 1/s}}
                async: {queue: thrifty}
            """
                .formatted(upstream.url(), upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  private static void answer(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    request.body();
    String path = request.target();
    if (HELD.containsKey(path)) {
      HELD.get(path).orTimeout(20, TimeUnit.SECONDS).join();
    }
    if (path.equals("/held/abort")) {
      ABORTED.complete(connection.closedWithin(Duration.ofSeconds(20)));
    } else if (path.equals("/full/slow")) {
      CUT_OFF.complete(connection.closedWithin(Duration.ofMillis(1_500)));
      connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nlate");
    } else if (path.startsWith("/thrifty/broken")
        || path.equals("/held/flaky") && request.header("job-attempt").orElse("").equals("1")) {
      connection.write("HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n");
    } else if (path.equals("/quick/large")) {
      connection.write("HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n" + "x".repeat(50_000));
    } else {
      connection.write("HTTP/1.1 201 Created\r\nx-own: yes\r\ncontent-length: 4\r\n\r\ndone");
    }
  }

  private static void hold(String path) {
    HELD.put(path, new CompletableFuture<>());
  }

  private static void letGo(String path) {
    HELD.get(path).complete(null);
  }

  private static String head(String method, String path, String body, String... fields) {
    String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    String length = "Content-Length: " + body.length() + "\r\n";
    return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + length + more + "\r\n" + body;
  }

  private static RawClient.Response ask(String method, String path, String body, String... fields) {
    return RawClient.exchange(gateway.port(), head(method, path, body, fields));
  }

  private static String job(RawClient.Response accepted) {
    assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
    return accepted.header("location").orElseThrow();
  }

  private static JsonObject status(String job) {
    return new JsonObject(ask("GET", job, "").text());
  }

  /** Waits, change by change, until the job is in {@code state}. */
  private static JsonObject await(String job, String state) {
    JsonObject now = status(job);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!now.getString("state").equals(state)) {
      assertThat(System.nanoTime()).as(now.encode()).isLessThan(end);
      String tag = "If-None-Match: \"v" + now.getInteger("version") + "\"";
      RawClient.Response next = ask("GET", job, "", "Prefer: wait=2", tag);
      now = next.status() == 304 ? now : new JsonObject(next.text());
    }
    return now;
  }

  private static JsonArray jobsOf(String queue) {
    return new JsonObject(gateway.admin("GET", "/jobs?queue=" + queue).text()).getJsonArray("jobs");
  }

  private static List<RawUpstream.Request> calls(String path) {
    return upstream.requests().stream().filter(r -> r.target().equals(path)).toList();
  }

  @Test
  void whatEndsInTimeIsTheAnswerAndThereIsNoJob() {
    RawClient.Response answer = ask("POST", "/quick/a", "x", LONG);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text()).isEqualTo("done");
    assertThat(answer.header("x-own")).contains("yes");
    assertThat(answer.header("link")).isEmpty();
    assertThat(answer.header("preference-applied")).contains("wait=20");
    assertThat(jobsOf("quick")).isEmpty();
    assertThat(calls("/quick/a")).hasSize(1);
    JsonObject line = gateway.awaitAccess("/quick/a");
    assertThat(line.getString("upstream")).isEqualTo("origin");
    assertThat(line.containsKey("job")).isFalse();
  }

  @Test
  void anAnswerTooLargeForAResultIsPassedOn() {
    RawClient.Response answer = ask("POST", "/quick/large", "x", LONG);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).hasSize(50_000);
    assertThat(jobsOf("quick")).isEmpty();
  }

  @Test
  void whatTakesLongerIsAJobWhoseFirstRunIsTheCallUnderWay() {
    hold("/held/long");
    String job = job(ask("POST", "/held/long", "x", SOON));
    assertThat(status(job).getString("state")).isEqualTo("running");

    letGo("/held/long");

    JsonObject done = await(job, "succeeded");
    assertThat(done.getInteger("deliveries")).isEqualTo(1);
    RawClient.Response result = ask("GET", job + "/result", "");
    assertThat(result.text()).isEqualTo("done");
    assertThat(result.header("job-upstream-status")).contains("201");
    List<RawUpstream.Request> calls = calls("/held/long");
    assertThat(calls).hasSize(1);
    assertThat(calls.get(0).header("job-id")).contains(done.getString("id"));
    assertThat(gateway.metric("tidegate_jobs_promoted_total", "queue=\"held\"")).isPositive();
  }

  @Test
  void aClientThatLeavesLeavesAJob() {
    hold("/left/a");
    try (var client = RawClient.connect(gateway.port())) {
      client.send(head("POST", "/left/a", "x", LONG));
      upstream.awaitRequest("/left/a");
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    JsonArray jobs = jobsOf("left");
    while (jobs.isEmpty()) {
      assertThat(System.nanoTime()).isLessThan(end);
      jobs = jobsOf("left");
    }

    letGo("/left/a");

    await("/jobs/" + jobs.getJsonObject(0).getString("id"), "succeeded");
    assertThat(calls("/left/a")).hasSize(1);
  }

  @Test
  void aFailureWorthAnotherRunBecomesAJobWhoseEndIsStillTheAnswerInTime() {
    RawClient.Response answer = ask("POST", "/held/flaky", "x", LONG);

    assertThat(answer.status()).isEqualTo(201);
    String link = answer.header("link").orElseThrow();
    JsonObject job = status(link.substring(1, link.indexOf('>')));
    assertThat(job.getString("state")).isEqualTo("succeeded");
    assertThat(job.getInteger("attempts")).isEqualTo(1);
    assertThat(calls("/held/flaky"))
        .extracting(call -> call.header("job-attempt").orElseThrow())
        .containsExactly("1", "2");
  }

  @Test
  void aKeyIsKnownBeforeItsCallIsMade() {
    String key = "Idempotency-Key: \"k\"";
    RawClient.Response first = ask("POST", "/keyed/a", "x", LONG, key);
    RawClient.Response again = ask("POST", "/keyed/a", "x", LONG, key);

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(201);
    assertThat(first.header("link")).isPresent().isEqualTo(again.header("link"));
    assertThat(calls("/keyed/a")).hasSize(1);
  }

  @Test
  void whereEachRequestIsAJobThereIsOneAlsoWhenItEndsInTime() {
    RawClient.Response answer = ask("POST", "/always/a", "x", LONG);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text()).isEqualTo("done");
    String link = answer.header("link").orElseThrow();
    assertThat(link).endsWith(">; rel=\"status\"");
    JsonObject job = status(link.substring(1, link.indexOf('>')));
    assertThat(job.getString("state")).isEqualTo("succeeded");
    assertThat(job.getInteger("deliveries")).isEqualTo(1);
    assertThat(calls("/always/a")).hasSize(1);
  }

  @Test
  void cancelingAPromotedJobAbortsItsCall() throws Exception {
    String job = job(ask("POST", "/held/abort", "x", SOON));

    assertThat(ask("POST", job + "/cancel", "").status()).isBetween(200, 202);

    assertThat(ABORTED.get(10, TimeUnit.SECONDS)).isTrue();
    await(job, "canceled");
  }

  @Test
  void aCallTakesAPlaceOfItsQueueFromTheStart() {
    hold("/one/first");
    try (var client = RawClient.connect(gateway.port())) {
      client.send(head("POST", "/one/first", "x", LONG));
      upstream.awaitRequest("/one/first");

      String second = job(ask("POST", "/one/second", "x", SOON));
      assertThat(status(second).getString("state")).isEqualTo("queued");
      assertThat(calls("/one/second")).isEmpty();

      letGo("/one/first");
      assertThat(client.response().status()).isEqualTo(201);
      await(second, "succeeded");
    }
  }

  @Test
  void nothingIsCalledWhileTheQueueIsPaused() {
    assertThat(gateway.admin("POST", "/queues/paused/pause").status()).isEqualTo(200);
    String job = job(ask("POST", "/paused/a", "x", SOON));
    assertThat(calls("/paused/a")).isEmpty();

    gateway.admin("POST", "/queues/paused/resume");

    await(job, "succeeded");
  }

  @Test
  void aCallThatNoQueueTakesIsWaitedForAndNotBrokenOff() throws Exception {
    job(ask("POST", "/full/later", "x", "Prefer: respond-async", "Job-Delay: 1h"));

    RawClient.Response answer = ask("POST", "/full/slow", "x", SOON);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("late");
    assertThat(CUT_OFF.get(1, TimeUnit.SECONDS)).isFalse();
    assertThat(gateway.metric("tidegate_jobs_refused_total", "queue=\"full\"")).isPositive();
  }

  @Test
  void laterRunsYieldWhenTheBudgetIsSpentAndHoldUpNoFirstRun() {
    String async = "Prefer: respond-async";
    String broken = "";
    for (int i = 0; i < 10; i++) {
      broken = job(ask("POST", "/thrifty/broken" + i, "x", async));
    }
    JsonObject now = status(broken);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (now.getInteger("deferrals") == 0) {
      assertThat(System.nanoTime()).as(now.encode()).isLessThan(end);
      String tag = "If-None-Match: \"v" + now.getInteger("version") + "\"";
      RawClient.Response next = ask("GET", broken, "", "Prefer: wait=2", tag);
      now = next.status() == 304 ? now : new JsonObject(next.text());
    }
    assertThat(now.getJsonObject("last_error").getString("type")).isEqualTo("retry_budget");

    JsonObject fresh = await(job(ask("POST", "/thrifty/fresh", "x", async)), "succeeded");

    assertThat(fresh.getInteger("deferrals")).isZero();
  }
}
