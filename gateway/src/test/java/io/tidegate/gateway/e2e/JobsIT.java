package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs, seen from outside. */
@Timeout(60)
class JobsIT {
  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.ok("done"));
    gateway =
        TidegateProcess.start(
            """
            upstreams:
              origin: {endpoints: ['%1$s']}
              gone: {endpoints: ['http://127.0.0.1:9'], outlier: false}
            queues:
              work: {retry: {attempts: 2, backoff: {base: 50ms, max: 50ms}}}
              later: {}
            routes:
              - {id: always, match: {path: /always/**}, upstream: origin, async: {queue: work, when: always}}
              - {id: prefer, match: {path: /prefer/**}, upstream: origin, async: {queue: work}}
              - {id: stored, match: {path: /stored}, upstream: gone, retry: false, fallback: [{queue: later}]}
            """
                .formatted(upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  private static RawClient.Response ask(String method, String path, String body, String... fields) {
    String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    return RawClient.exchange(
        gateway.port(),
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: a.test\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + more
            + "\r\n"
            + body);
  }

  private static String location(RawClient.Response accepted) {
    return accepted
        .header("location")
        .orElseThrow(() -> new AssertionError(accepted.statusLine() + " " + accepted.text()));
  }

  @Test
  void aRequestBecomesAJobWhoseResultIsThereLater() {
    RawClient.Response accepted = ask("POST", "/always/1", "x");
    String job = location(accepted);

    RawClient.Response result = ask("GET", job + "/result", "", "Prefer: wait=20");

    assertThat(accepted.status()).isEqualTo(202);
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.text()).isEqualTo("done");
    assertThat(new JsonObject(ask("GET", job, "").text()).getString("state"))
        .isEqualTo("succeeded");
  }

  @Test
  void theSameKeyMakesOneJobAndAnotherRequestWithItIsRefused() {
    String key = "Idempotency-Key: \"one\"";
    String first = location(ask("POST", "/always/2", "x", key));

    RawClient.Response again = ask("POST", "/always/2", "x", key);

    assertThat(location(again)).isEqualTo(first);
    assertThat(again.header("idempotency-replayed")).contains("true");
    assertThat(ask("POST", "/always/2", "y", key).status()).isEqualTo(422);
  }

  @Test
  void whoPrefersToWaitGetsTheResultItself() {
    RawClient.Response waited = ask("POST", "/prefer/1", "x", "Prefer: respond-async, wait=20");

    assertThat(waited.status()).isEqualTo(200);
    assertThat(waited.text()).isEqualTo("done");
    assertThat(waited.header("link")).as("no job was needed").isEmpty();
    String key = "Idempotency-Key: \"waits\"";
    RawClient.Response keyed = ask("POST", "/prefer/1", "x", "Prefer: respond-async, wait=20", key);
    assertThat(keyed.status()).isEqualTo(200);
    assertThat(keyed.header("link").orElse("")).endsWith("rel=\"status\"");
  }

  @Test
  void aWriteWhoseUpstreamIsGoneIsStoredAndAReadIsNot() {
    RawClient.Response stored = ask("POST", "/stored", "x");

    assertThat(stored.status()).isEqualTo(202);
    assertThat(stored.header("proxy-status").orElse("")).contains("fallback queue");
    assertThat(ask("GET", "/stored", "").status()).isBetween(502, 503);
  }

  @Test
  void aDelayedJobIsCanceledOnceAndForgottenOnRequest() {
    String job = location(ask("POST", "/always/3", "x", "Job-Delay: 1h"));

    assertThat(ask("POST", job + "/cancel", "").status()).isEqualTo(200);
    assertThat(ask("POST", job + "/cancel", "").status()).isEqualTo(200);
    assertThat(ask("GET", job + "/result", "").status()).isEqualTo(409);
    assertThat(ask("DELETE", job, "").status()).isEqualTo(204);
    assertThat(ask("GET", job, "").status()).isEqualTo(410);
  }
}
