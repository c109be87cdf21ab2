package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is told of the end of a job, how, and who is not. */
@Timeout(60)
class JobsCallbackIT {
  private static final byte[] NEW = "a secret of thirty-two bytes....".getBytes(UTF_8);
  private static final byte[] OLD = "the secret before, of 32 bytes..".getBytes(UTF_8);
  private static final CompletableFuture<Boolean> GIVEN_UP = new CompletableFuture<>();

  @TempDir static Path folder;
  private static RawUpstream upstream;
  private static RawUpstream receiver;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() throws IOException {
    upstream = RawUpstream.start(RawUpstream.OK);
    receiver = RawUpstream.start(JobsCallbackIT::receive);
    // Names of the test's own: one that leads inside, one that leads to the receiver.
    Path names = folder.resolve("names");
    Files.writeString(names, "10.0.0.1 inside.example\n127.0.0.1 receiver.example\n");
    gateway =
        TidegateProcess.start(
            """
            upstreams:
              origin: {endpoints: ['%s']}
            queues:
              work: {}
            jobs:
              callbacks:
                http: true
                networks: [127.0.0.0/8]
                secrets: ['whsec_%s', 'whsec_%s']
                timeout: 1s
            routes:
              - {id: tasks, match: {path: /tasks/**}, upstream: origin, async: {queue: work, when: always, callback: true}}
              - {id: silent, match: {path: /silent}, upstream: origin, async: {queue: work, when: always}}
            """
                .formatted(upstream.url(), base64(NEW), base64(OLD)),
            "-Djdk.net.hosts.file=" + names);
  }

  @AfterAll
  static void stop() {
    gateway.close();
    receiver.close();
    upstream.close();
  }

  private static void receive(RawUpstream.Request request, RawUpstream.Connection connection)
      throws IOException {
    request.body();
    String path = request.target();
    if (path.equals("/hang")) {
      GIVEN_UP.complete(connection.closedWithin(Duration.ofSeconds(20)));
      return;
    }
    boolean again = calls(path).size() > 1;
    String status =
        switch (path) {
          case "/moved" -> "302 Found\r\nlocation: /elsewhere";
          case "/gone" -> "410 Gone";
          case "/busy" -> "429 Too Many Requests\r\nretry-after: 1200";
          case "/twice" -> again ? "204 No Content" : "500 Internal Server Error";
          default -> "204 No Content";
        };
    String length = status.startsWith("204") ? "" : "content-length: 0\r\n";
    connection.write("HTTP/1.1 " + status + "\r\n" + length + "\r\n");
  }

  private static List<RawUpstream.Request> calls(String path) {
    return receiver.requests().stream().filter(r -> r.target().equals(path)).toList();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static RawClient.Response submit(String path, String url) {
    return RawClient.exchange(
        gateway.port(),
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nJob-Callback-Url: "
            + url
            + "\r\n\r\nx");
  }

  /** Submits a job, and gives its id. */
  private static String told(String url) {
    RawClient.Response accepted = submit("/tasks/a", url);
    assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
    return new JsonObject(accepted.text()).getString("id");
  }

  /** The line that says how an attempt to tell of the job's end went. */
  private static JsonObject outcome(String job, int attempt) {
    return gateway.awaitEvent(
        e ->
            "callback".equals(e.getString("event"))
                && e.getString("message").contains(job)
                && e.getInteger("attempt") == attempt);
  }

  /** What is known of the job that tells, once it is in {@code state}. */
  private static JsonObject telling(JsonObject outcome, String state) {
    String path = "/jobs/" + outcome.getString("job");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      JsonObject job = new JsonObject(gateway.admin("GET", path).text());
      if (job.getString("state").equals(state)) {
        return job;
      }
      assertThat(System.nanoTime()).as(job.encode()).isLessThan(end);
    }
  }

  private static Duration wait(JsonObject retrying) {
    JsonObject last =
        retrying.getJsonArray("attempts_log").getJsonObject(retrying.getInteger("attempts") - 1);
    return Duration.between(
        Instant.parse(last.getString("started_at")), Instant.parse(retrying.getString("run_at")));
  }

  @Test
  void theEndOfAJobIsToldWithASignatureOfEachSecret() throws Exception {
    String job = told(receiver.url() + "/told");

    RawUpstream.Request told = receiver.awaitRequest("/told");

    String id = told.header("webhook-id").orElseThrow();
    String time = told.header("webhook-timestamp").orElseThrow();
    String body = told.body().text();
    assertThat(told.header("webhook-signature"))
        .contains(signature(NEW, id, time, body) + " " + signature(OLD, id, time, body));
    assertThat(Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(time))).isLessThan(60);
    JsonObject event = new JsonObject(body);
    assertThat(event.getString("type")).isEqualTo("job.succeeded");
    assertThat(event.getJsonObject("data").getString("id")).isEqualTo(job);
  }

  private static String signature(byte[] secret, String id, String time, String body)
      throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return "v1," + base64(mac.doFinal((id + '.' + time + '.' + body).getBytes(UTF_8)));
  }

  @Test
  void whoFailsIsToldAgainUnderTheSameId() {
    String job = told(receiver.url() + "/twice");

    assertThat(outcome(job, 2).getString("outcome")).isEqualTo("succeeded");

    assertThat(calls("/twice")).hasSize(2);
    assertThat(calls("/twice").get(0).header("webhook-id"))
        .isPresent()
        .isEqualTo(calls("/twice").get(1).header("webhook-id"));
  }

  @Test
  void aRedirectIsAFailureAndNotFollowed() {
    JsonObject retrying = telling(outcome(told(receiver.url() + "/moved"), 1), "retrying");

    assertThat(retrying.getJsonObject("last_error").getInteger("status")).isEqualTo(302);
    assertThat(wait(retrying)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
    assertThat(calls("/elsewhere")).isEmpty();
  }

  @Test
  void whoIsGoneIsNotToldAgain() {
    JsonObject over = telling(outcome(told(receiver.url() + "/gone"), 1), "failed");

    assertThat(over.getJsonObject("last_error").getString("type")).isEqualTo("callback_gone");
  }

  @Test
  void whoAsksForTimeGetsIt() {
    JsonObject retrying = telling(outcome(told(receiver.url() + "/busy"), 1), "retrying");

    assertThat(wait(retrying)).isGreaterThanOrEqualTo(Duration.ofSeconds(1200));
  }

  @Test
  void whoDoesNotAnswerIsGivenUpAndToldAgainLater() throws Exception {
    JsonObject retrying = telling(outcome(told(receiver.url() + "/hang"), 1), "retrying");

    assertThat(GIVEN_UP.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(retrying.getJsonObject("last_error").getString("type")).isEqualTo("timeout");
  }

  @Test
  void aNameIsCalledAtTheAddressThatWasChecked() {
    told("http://receiver.example:" + receiver.port() + "/named");

    assertThat(receiver.awaitRequest("/named").header("host"))
        .contains("receiver.example:" + receiver.port());
  }

  @Test
  void nobodyIsCalledAtAPrivateAddressHoweverItIsWritten() {
    for (String host :
        List.of("10.0.0.1", "[::ffff:10.0.0.1]", "[::1]", "167772161", "inside.example")) {
      JsonObject refused = telling(outcome(told("http://" + host + ":9/"), 1), "failed");
      assertThat(refused.getJsonObject("last_error").getString("type"))
          .as(host)
          .isEqualTo("callback_prohibited");
    }
  }

  @Test
  void aUrlThatMayNotBeCalledIsRefusedAtOnce() {
    assertThat(submit("/tasks/a", "ftp://127.0.0.1/").status()).isEqualTo(400);
    assertThat(submit("/tasks/a", "http://user@127.0.0.1/").status()).isEqualTo(400);
    assertThat(submit("/silent", receiver.url() + "/told").status()).isEqualTo(400);
  }
}
