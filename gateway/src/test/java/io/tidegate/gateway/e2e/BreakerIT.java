package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Breakers and fallbacks, seen from outside. */
@Timeout(60)
class BreakerIT {
  private static RawUpstream upstream;
  private static RawUpstream backup;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    backup = RawUpstream.start(RawUpstream.ok("backup"));
    gateway =
        TidegateProcess.start(
            """
            defaults:
              retry: {attempts: 1}
            upstreams:
              counted:
                endpoints: ['%1$s']
                outlier: false
                breaker: {failures: 3, reset: 1s, probes: 1}
              rated:
                endpoints: ['%1$s']
                outlier: false
                breaker: {failure-rate: 50%%, min-calls: 10, reset: 30s}
              manual: {endpoints: ['%1$s'], outlier: false}
              plain: {endpoints: ['%1$s'], outlier: false, breaker: false}
              backup: {endpoints: ['%2$s']}
            routes:
              - {id: counted, match: {path: /counted}, upstream: counted}
              - {id: rated, match: {path: /rated}, upstream: rated}
              - {id: manual, match: {path: /manual}, upstream: manual}
              - {id: plain, match: {path: /plain}, upstream: plain}
              - id: static
                match: {path: /static}
                upstream: plain
                fallback: [{status: 203, json: {instead: true}}]
                fallback-on: [reset, 5xx]
              - id: other
                match: {path: /other}
                upstream: plain
                fallback: [{upstream: backup}]
                fallback-on: [reset, 5xx]
            """
                .formatted(upstream.url(), backup.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
    backup.close();
  }

  @BeforeEach
  void forget() {
    upstream.behave(RawUpstream.answering("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno"));
    upstream.forget();
  }

  private static RawClient.Response get(String path) {
    return RawClient.exchange(gateway.port(), "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n");
  }

  @Test
  void opensAfterConsecutiveFailuresAndClosesAfterAGoodProbe() {
    for (int i = 0; i < 3; i++) {
      assertThat(get("/counted").status()).isEqualTo(500);
    }
    RawClient.Response open = get("/counted");
    assertThat(open.status()).isEqualTo(503);
    assertThat(open.header("proxy-status").orElse(""))
        .startsWith("tidegate; error=destination_unavailable");
    assertThat(open.header("retry-after").orElse("")).isIn("1", "2");
    assertThat(upstream.requests()).hasSize(3);
    assertThat(gateway.metric("tidegate_breaker_state", "counted")).isEqualTo(2);
    upstream.behave(RawUpstream.OK);
    awaitStatus("/counted", 200);
    assertThat(get("/counted").status()).isEqualTo(200);
    assertThat(gateway.metric("tidegate_breaker_state", "counted")).isEqualTo(0);
  }

  private static void awaitStatus(String path, int status) {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (get(path).status() != status) {
      assertThat(System.nanoTime()).as("no %d in time", status).isLessThan(end);
    }
  }

  @Test
  void opensAtAShareOfFailures() {
    for (int i = 0; i < 10; i++) {
      upstream.behave(
          i % 2 == 0
              ? RawUpstream.OK
              : RawUpstream.answering("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno"));
      assertThat(get("/rated").status()).isIn(200, 500);
    }
    assertThat(get("/rated").status()).isEqualTo(503);
    assertThat(upstream.requests()).hasSize(10);
  }

  @Test
  void obeysTheOperator() {
    upstream.behave(RawUpstream.OK);
    assertThat(get("/manual").status()).isEqualTo(200);
    assertThat(operate("isolated")).isBetween(200, 299);
    assertThat(get("/manual").status()).isEqualTo(503);
    assertThat(operate("closed")).isBetween(200, 299);
    assertThat(get("/manual").status()).isEqualTo(200);
  }

  @Test
  void obeysTheOperatorAlsoWhereNoBreakerWasAskedFor() {
    upstream.behave(RawUpstream.OK);
    gateway.admin("POST", "/upstreams/plain/breaker?state=isolated");
    assertThat(get("/plain").status()).isEqualTo(503);
    gateway.admin("POST", "/upstreams/plain/breaker?state=closed");
    assertThat(get("/plain").text()).isEqualTo("ok");
  }

  private static int operate(String state) {
    return gateway.admin("POST", "/upstreams/manual/breaker?state=" + state).status();
  }

  @Test
  void answersFromTheFallbacksWhenTheUpstreamFails() {
    RawClient.Response fixed = get("/static");
    assertThat(fixed.status()).isEqualTo(203);
    assertThat(fixed.text()).contains("\"instead\":true");
    assertThat(get("/other").text()).isEqualTo("backup");
    upstream.behave((request, connection) -> connection.reset());
    assertThat(get("/static").status()).isEqualTo(203);
    assertThat(get("/other").text()).isEqualTo("backup");
    upstream.behave(RawUpstream.OK);
    assertThat(get("/static").text()).isEqualTo("ok");
    assertThat(get("/other").text()).isEqualTo("ok");
  }
}
