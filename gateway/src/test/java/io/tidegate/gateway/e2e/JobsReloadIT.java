package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues change in the file while the jar takes and runs jobs. */
@Timeout(120)
class JobsReloadIT {
  private static final Duration CALL = Duration.ofMillis(20);

  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private RawUpstream upstream;
  private TidegateProcess gateway;

  @BeforeEach
  void start() {
    upstream = RawUpstream.start(this::answer);
    gateway = TidegateProcess.start(file("work: {concurrency: 2}", "/jobs"));
  }

  @AfterEach
  void stop() {
    gateway.close();
    upstream.close();
  }

  private void answer(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    request.body();
    calls.computeIfAbsent(request.target(), any -> new AtomicInteger()).incrementAndGet();
    most.accumulateAndGet(now.incrementAndGet(), Math::max);
    connection.closedWithin(CALL);
    now.decrementAndGet();
    connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone");
  }

  private String file(String queues, String prefix) {
    String route =
        queues.contains("work")
            ? "- {id: work, match: {path: /work/**}, upstream: origin, async: {queue: work, when:"
                + " always}}"
            : "";
    return """
        upstreams:
          origin: {endpoints: ['%s'], outlier: false, pool: {connections: 64}}
        queues:
          %s
          other: {}
        jobs: {prefix: %s}
        routes:
          - {id: other, match: {path: /other}, upstream: origin, async: {queue: other, when: always}}
          %s
        """
        .formatted(upstream.url(), queues, prefix, route);
  }

  private void reload(String queues, String prefix, int status) {
    gateway.rewrite(file(queues, prefix));
    RawClient.Response answer = gateway.admin("POST", "/reload");
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    if (status == 200) {
      assertThat(new JsonObject(answer.text()).getJsonArray("restart")).as("restart").isEmpty();
    }
  }

  private RawClient.Response post(String path) {
    return RawClient.exchange(
        gateway.port(), "POST " + path + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n");
  }

  private JsonObject queue(String name) {
    return new JsonObject(gateway.admin("GET", "/queues/" + name).text());
  }

  private void awaitDepth(String state, int jobs) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (queue("work").getJsonObject("depth").getInteger(state) != jobs) {
      assertThat(System.nanoTime()).as("%d %s: %s", jobs, state, queue("work")).isLessThan(end);
    }
  }

  /** Submits one after the other until it is interrupted. */
  private Thread submitting(List<String> accepted, AtomicReference<String> wrong) {
    Thread client =
        new Thread(
            () -> {
              for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                RawClient.Response answer = post("/work/" + i);
                if (answer.status() == 202) {
                  accepted.add("/work/" + i);
                } else {
                  wrong.set(answer.statusLine() + answer.text());
                }
              }
            });
    client.start();
    return client;
  }

  @Test
  void underTrafficNoJobIsLostOrRunTwiceAndTheLatestTermsHold() throws Exception {
    List<String> accepted = new CopyOnWriteArrayList<>();
    AtomicReference<String> wrong = new AtomicReference<>();
    Thread client = submitting(accepted, wrong);
    for (int i = 0; i < 3; i++) {
      reload("work: {concurrency: 12, retry: {attempts: 3}}", "/jobs", 200);
      reload("work: {concurrency: 0}", "/jobs", 422);
      reload("work: {concurrency: 2, rate: 200/s, timeout: 30s}\n  new: {}", "/jobs", 200);
    }
    reload("work: {concurrency: 3}", "/jobs", 200);
    while (accepted.size() < 150) {
      assertThat(client.isAlive()).isTrue();
    }
    client.interrupt();
    client.join();
    assertThat(wrong).hasNullValue();

    awaitDepth("queued", 0);
    awaitDepth("running", 0);

    assertThat(queue("work").getJsonObject("depth").getInteger("succeeded"))
        .isEqualTo(accepted.size());
    assertThat(calls.keySet()).containsExactlyInAnyOrderElementsOf(accepted);
    assertThat(calls.values()).allMatch(count -> count.get() == 1);
    most.set(0);
    gateway.admin("POST", "/queues/work/pause");
    for (int i = 0; i < 30; i++) {
      post("/work/last-" + i);
    }
    gateway.admin("POST", "/queues/work/resume");
    awaitDepth("queued", 0);
    assertThat(most).hasValue(3);
  }

  @Test
  void aQueueThatIsGoneKeepsItsJobsAndThePrefixChanges() {
    gateway.admin("POST", "/queues/work/pause");
    String job = post("/work/kept").header("location").orElseThrow();
    assertThat(job).startsWith("/jobs/");

    reload("", "/tasks", 200);

    assertThat(post("/work/refused").status()).isEqualTo(404);
    assertThat(queue("work").getBoolean("configured")).isFalse();
    assertThat(queue("work").getJsonObject("depth").getInteger("queued")).isEqualTo(1);
    assertThat(gateway.admin("POST", "/queues/work/resume").status()).isEqualTo(409);
    assertThat(post("/other").header("location").orElse("")).startsWith("/tasks/");
    gateway.awaitEvent(line -> line.getString("message", "").contains("queue work is not"));

    reload("work: {}", "/tasks", 200);
    assertThat(gateway.admin("POST", "/queues/work/resume").status()).isEqualTo(200);

    awaitDepth("succeeded", 1);
    assertThat(calls.get("/work/kept")).hasValue(1);
  }

  private RawClient.Response operate(String method, String path, String json) {
    return RawClient.exchange(
        gateway.adminPort(),
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + json.length()
            + "\r\n\r\n"
            + json);
  }

  private List<String> schedules() {
    return new JsonObject(gateway.admin("GET", "/schedules").text())
        .getJsonArray("schedules").stream()
            .map(JsonObject.class::cast)
            .map(one -> one.getString("name") + " " + one.getString("cron"))
            .sorted()
            .toList();
  }

  @Test
  void schedulesComeAndGoWithTheFileAndByOperators() {
    String yearly =
        "work: {schedule: [{name: yearly, cron: '0 0 1 1 *', request: {path: /work/year}}]}";
    reload(yearly, "/jobs", 200);
    assertThat(schedules()).containsExactly("yearly 0 0 1 1 *");
    String wish = "{\"cron\":\"0 4 * * *\",\"request\":{\"path\":\"/work/day\"}}";

    assertThat(operate("PUT", "/schedules/work/daily", wish).status()).isEqualTo(200);
    assertThat(operate("PUT", "/schedules/work/yearly", wish).status()).isEqualTo(409);
    RawClient.Response wrong = operate("PUT", "/schedules/wrok/daily", wish);
    assertThat(wrong.status()).isEqualTo(404);
    assertThat(wrong.text()).contains("did you mean work?");
    RawClient.Response slip = gateway.admin("GET", "/jobs?queue=wrok");
    assertThat(slip.status()).isEqualTo(404);
    assertThat(slip.text()).contains("did you mean work?");
    String never = "{\"cron\":\"61 4 * * *\",\"request\":{\"path\":\"/work/day\"}}";
    assertThat(operate("PUT", "/schedules/work/never", never).status()).isEqualTo(400);
    assertThat(schedules()).containsExactly("daily 0 4 * * *", "yearly 0 0 1 1 *");
    JsonObject daily = new JsonObject(operate("GET", "/schedules/work/daily", "").text());
    assertThat(daily.getString("next_at")).endsWith("T04:00:00Z");
    assertThat(daily.getBoolean("configured")).isFalse();

    assertThat(operate("DELETE", "/schedules/work/yearly", "").status()).isEqualTo(409);
    reload(yearly.replace("0 0 1 1 *", "0 0 2 1 *"), "/jobs", 200);
    assertThat(schedules()).containsExactly("daily 0 4 * * *", "yearly 0 0 2 1 *");
    reload("work: {}", "/jobs", 200);
    assertThat(schedules()).containsExactly("daily 0 4 * * *");
    assertThat(operate("DELETE", "/schedules/work/daily", "").status()).isBetween(200, 204);
    assertThat(operate("DELETE", "/schedules/work/daily", "").status()).isEqualTo(404);
    assertThat(schedules()).isEmpty();
  }

  @Test
  void aHandlerThatIsNotThereIsRefusedAndNothingChanges() {
    gateway.rewrite(file("work: {handler: nobody}", "/jobs"));
    RawClient.Response answer = gateway.admin("POST", "/reload");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text()).contains("queues.work.handler", "nobody");
    assertThat(post("/work/fine").status()).isEqualTo(202);
    awaitDepth("succeeded", 1);
  }
}
