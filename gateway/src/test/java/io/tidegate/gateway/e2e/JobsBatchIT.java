package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several jobs at once: on their way in, and on their way to an upstream. */
@Timeout(60)
class JobsBatchIT {
  /** What came to the path that takes several. */
  private static final List<JsonArray> CALLS = new CopyOnWriteArrayList<>();

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(JobsBatchIT::answer);
    gateway =
        TidegateProcess.start(
            """
            upstreams:
              origin: {endpoints: ['%s'], outlier: false, breaker: false}
            queues:
              orders:
                batch: {size: 10, wait: 200ms}
                retry: {attempts: 3, backoff: {base: 50ms, max: 50ms}}
              limited: {}
            routes:
              - id: orders
                match: {path: /orders/**}
                upstream: origin
                async: {queue: orders, when: always, batch: /orders/all}
              - id: limited
                match: {path: /limited}
                upstream: origin
                rate-limit: {rate: 1/m, burst: 2, key: route}
                async: {queue: limited, when: always}
            """
                .formatted(upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  private static void answer(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    String body = request.body().text();
    if (!request.target().equals("/orders/all")) {
      connection.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      return;
    }
    JsonArray items = new JsonArray(body);
    CALLS.add(items);
    JsonArray answers = new JsonArray();
    boolean poisoned = false;
    for (Object each : items) {
      JsonObject item = (JsonObject) each;
      String path = item.getString("path");
      boolean first = item.getJsonObject("headers").getString("Job-Attempt").equals("1");
      poisoned |= path.endsWith("/poison") && items.size() > 1;
      if (!(path.endsWith("/missed") && first)) {
        answers.add(
            new JsonObject()
                .put("id", item.getString("id"))
                .put("status", path.endsWith("/poison") ? 422 : 201)
                .put("json", new JsonObject().put("took", path)));
      }
    }
    Buffer said = answers.toBuffer();
    String status = poisoned ? "400 Bad Request" : "200 OK";
    connection.write(
        "HTTP/1.1 " + status + "\r\ncontent-length: " + said.length() + "\r\n\r\n" + said);
  }

  private static RawClient.Response ask(String method, String path, String body) {
    return RawClient.exchange(
        gateway.port(),
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  private static List<JsonObject> submit(String... paths) {
    JsonArray jobs = new JsonArray();
    for (String path : paths) {
      JsonObject json = new JsonObject().put("of", path);
      jobs.add(new JsonObject().put("path", path).put("json", json));
    }
    RawClient.Response answer =
        ask("POST", "/jobs/batch", new JsonObject().put("jobs", jobs).encode());
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return new JsonObject(answer.text())
        .getJsonArray("results").stream().map(JsonObject.class::cast).toList();
  }

  /** Waits, change by change, until a job that was accepted is over. */
  private static JsonObject over(JsonObject accepted) {
    String job = accepted.getJsonObject("links").getString("self");
    JsonObject now = new JsonObject(ask("GET", job, "").text());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!List.of("succeeded", "failed", "dead").contains(now.getString("state"))) {
      assertThat(System.nanoTime()).as(now.encode()).isLessThan(end);
      now = new JsonObject(ask("GET", job, "").text());
    }
    return now;
  }

  private static String result(JsonObject job) {
    return ask("GET", job.getJsonObject("links").getString("result"), "").text();
  }

  private static List<JsonArray> callsWith(JsonObject job) {
    return CALLS.stream().filter(call -> call.encode().contains(job.getString("id"))).toList();
  }

  @Test
  void jobsOfARouteGoTogetherAndEachHasItsOwnEnd() {
    List<JsonObject> jobs = submit("/orders/1", "/orders/2", "/orders/3");

    for (int i = 0; i < 3; i++) {
      JsonObject job = over(jobs.get(i));
      assertThat(job.getString("state")).isEqualTo("succeeded");
      assertThat(result(job)).isEqualTo("{\"took\":\"/orders/" + (i + 1) + "\"}");
    }
    List<JsonArray> calls = callsWith(jobs.get(0));
    assertThat(calls).hasSize(1);
    assertThat(calls.get(0)).hasSize(3);
    JsonObject item = calls.get(0).getJsonObject(1);
    assertThat(item.getString("id")).isEqualTo(jobs.get(1).getString("id"));
    assertThat(item.getString("method")).isEqualTo("POST");
    assertThat(item.getString("path")).isEqualTo("/orders/2");
    assertThat(item.getJsonObject("json").getString("of")).isEqualTo("/orders/2");
    assertThat(item.getJsonObject("headers").getString("Idempotency-Key"))
        .contains(item.getString("id"));
  }

  @Test
  void aJobOfWhichTheAnswerSaysNothingIsTriedAgainAlone() {
    List<JsonObject> jobs = submit("/orders/4", "/orders/missed");

    assertThat(over(jobs.get(0)).getInteger("attempts")).isZero();
    JsonObject missed = over(jobs.get(1));

    assertThat(missed.getString("state")).isEqualTo("succeeded");
    assertThat(missed.getInteger("attempts")).isEqualTo(1);
    assertThat(callsWith(missed)).extracting(JsonArray::size).containsExactly(2, 1);
  }

  @Test
  void aJobThatSpoilsACallSpoilsItForNoOtherTwice() {
    List<JsonObject> jobs = submit("/orders/5", "/orders/poison", "/orders/6");

    assertThat(over(jobs.get(0)).getString("state")).isEqualTo("succeeded");
    assertThat(over(jobs.get(2)).getString("state")).isEqualTo("succeeded");
    JsonObject poison = over(jobs.get(1));
    assertThat(poison.getString("state")).isEqualTo("failed");
    assertThat(poison.getJsonObject("last_error").getInteger("status")).isEqualTo(422);
  }

  @Test
  void eachOfABatchCountsInTheRateLimitOfItsRoute() {
    List<JsonObject> jobs = submit("/limited", "/limited", "/limited", "/nowhere");

    assertThat(jobs)
        .extracting(job -> job.getInteger("status"))
        .containsExactly(202, 202, 429, 404);
    assertThat(jobs.get(2).getString("reason")).isEqualTo("rate_limited");
    assertThat(jobs.get(2).getInteger("retry_after")).isPositive();
  }
}
