package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often an upstream is asked when it is killed, hangs, resets or flaps. */
@Timeout(90)
class RetryIT {
  private static final String HOST = "Host: a.test\r\n";

  private static RawUpstream upstream;
  private static RawUpstream second;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    second = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            defaults:
              timeout: {total: 2500ms, attempt: 500ms}
              retry:
                attempts: 3
                on: [connect, reset, timeout, 503]
                backoff: {base: 1ms, max: 2s}
                budget: {share: 100%%, min: 1000/s}
            upstreams:
              origin: {endpoints: ['%1$s'], breaker: false, outlier: false}
              both: {endpoints: ['%1$s', '%2$s'], balance: round-robin, breaker: false, outlier: false}
            routes:
              - id: once
                match: {path: /once}
                upstream: origin
                retry: {attempts: 1}
                timeout: {total: 20s, attempt: 10s}
              - {id: both, match: {path: /both}, upstream: both}
              - id: poor
                match: {path: /poor}
                upstream: origin
                retry: {budget: {share: 0%%, min: 1/s}}
              - {id: all, match: {path: /**}, upstream: origin}
            """
                .formatted(upstream.url(), second.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
    second.close();
  }

  @BeforeEach
  void forget() {
    upstream.forget();
    second.forget();
    upstream.behave(RawUpstream.OK);
    second.behave(RawUpstream.OK);
  }

  /** Fails in the given way for the first {@code times} requests, then answers. */
  private static void failFirst(int times, RawUpstream.Behaviour failure) {
    var left = new AtomicInteger(times);
    upstream.behave(
        (request, connection) -> {
          request.body();
          (left.getAndDecrement() > 0 ? failure : RawUpstream.OK).answer(request, connection);
        });
  }

  private static RawClient.Response get(String path) {
    return RawClient.exchange(gateway.port(), "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
  }

  @Test
  void asksAgainAfterAResetUntilItsAttemptsAreUsedUp() {
    failFirst(2, (request, connection) -> connection.reset());
    assertThat(get("/reset-twice").status()).isEqualTo(200);
    assertThat(upstream.requests()).hasSize(3);
    assertThat(gateway.awaitAccess("/reset-twice").getInteger("attempts")).isEqualTo(3);
    upstream.forget();
    failFirst(9, (request, connection) -> connection.close());
    assertThat(get("/closed").status()).isEqualTo(502);
    assertThat(upstream.requests()).hasSize(3);
  }

  @Test
  void asksAgainAfterAStatusThatTheRouteNames() {
    failFirst(1, RawUpstream.answering("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"));
    assertThat(get("/busy").text()).isEqualTo("ok");
    assertThat(upstream.requests()).hasSize(2);
    upstream.forget();
    failFirst(9, RawUpstream.answering("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"));
    assertThat(get("/always-busy").text()).isEqualTo("busy");
    assertThat(upstream.requests()).hasSize(3);
    upstream.forget();
    failFirst(9, RawUpstream.answering("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno"));
    assertThat(get("/broken").text()).isEqualTo("no");
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void waitsAsLongAsRetryAfterAsks() {
    failFirst(
        1,
        RawUpstream.answering("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"));
    long before = System.nanoTime();
    assertThat(get("/retry-after").status()).isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(950), Duration.ofMillis(2400));
  }

  @Test
  void triesASilentUpstreamAgainWithinTheTotal() {
    upstream.behave((request, connection) -> connection.closedWithin(Duration.ofSeconds(10)));
    long before = System.nanoTime();
    assertThat(get("/hanging").status()).isEqualTo(504);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
    assertThat(upstream.requests()).hasSize(3);
  }

  @Test
  void repeatsNoPostUnlessItHasAKey() {
    String post = "POST /post HTTP/1.1\r\n" + HOST + "%sContent-Length: 5\r\n\r\nhello";
    failFirst(1, (request, connection) -> connection.reset());
    assertThat(RawClient.exchange(gateway.port(), post.formatted("")).status()).isEqualTo(502);
    assertThat(upstream.requests()).hasSize(1);
    upstream.forget();
    failFirst(1, (request, connection) -> connection.reset());
    assertThat(
            RawClient.exchange(gateway.port(), post.formatted("Idempotency-Key: k\r\n")).status())
        .isEqualTo(200);
    assertThat(upstream.requests()).hasSize(2);
  }

  @Test
  void replaysASmallBodyAndNoLargeOne() throws IOException {
    failFirst(1, (request, connection) -> connection.reset());
    assertThat(put(1000).status()).isEqualTo(200);
    assertThat(upstream.requests()).hasSize(2);
    assertThat(upstream.requests().get(1).body().text())
        .isEqualTo(upstream.requests().get(0).body().text())
        .hasSize(1000);
    upstream.forget();
    failFirst(1, (request, connection) -> connection.reset());
    assertThat(put(200_000).status()).isEqualTo(502);
    assertThat(upstream.requests()).hasSize(1);
    assertThat(
            gateway
                .awaitEvent(
                    e -> e.containsKey("retry_skipped") && "/put".equals(e.getString("path")))
                .getInteger("attempts"))
        .isEqualTo(1);
  }

  private static RawClient.Response put(int length) {
    return RawClient.exchange(
        gateway.port(),
        "PUT /put HTTP/1.1\r\n"
            + HOST
            + "Content-Length: "
            + length
            + "\r\n\r\n"
            + "x".repeat(length));
  }

  @Test
  void stopsWhenTheBudgetIsSpent() {
    upstream.behave((request, connection) -> connection.close());
    for (int i = 0; i < 20; i++) {
      assertThat(get("/poor").status()).isEqualTo(502);
    }
    assertThat(upstream.requests().size()).isBetween(20, 34);
  }

  @Test
  void asksAnotherEndpointWhereOneFails() {
    failFirst(1000, (request, connection) -> connection.reset());
    for (int i = 0; i < 20; i++) {
      assertThat(get("/both").status()).isEqualTo(200);
    }
    assertThat(second.requests()).hasSize(20);
    assertThat(upstream.requests().size()).isLessThanOrEqualTo(20);
  }

  @Test
  void survivesAnUpstreamThatFlaps() {
    var turn = new AtomicInteger();
    upstream.behave(
        (request, connection) -> {
          if (turn.incrementAndGet() % 2 == 0) {
            connection.reset();
          } else {
            RawUpstream.OK.answer(request, connection);
          }
        });
    for (int i = 0; i < 50; i++) {
      assertThat(get("/flapping").status()).isEqualTo(200);
    }
  }

  @Test
  void survivesAnUpstreamThatIsRestarted() {
    assertThat(get("/both").status()).isEqualTo(200);
    int port = second.port();
    second.close();
    for (int i = 0; i < 10; i++) {
      String post = "POST /both HTTP/1.1\r\n" + HOST + "Content-Length: 2\r\n\r\nhi";
      assertThat(RawClient.exchange(gateway.port(), post).status()).isEqualTo(200);
    }
    second = RawUpstream.start(port, RawUpstream.OK);
    for (int i = 0; i < 10; i++) {
      assertThat(get("/both").status()).isEqualTo(200);
    }
    assertThat(second.requests()).isNotEmpty();
  }

  @Test
  void showsNoClientThatPooledConnectionsGoStale() {
    upstream.behave(
        (request, connection) -> {
          RawUpstream.OK.answer(request, connection);
          connection.idleLimit(Duration.ofMillis(200));
        });
    var failures = new ArrayList<CompletableFuture<List<Integer>>>();
    for (int i = 0; i < 30; i++) {
      failures.add(CompletableFuture.supplyAsync(RetryIT::pacedGets, Threads::run));
    }
    assertThat(failures).allSatisfy(f -> assertThat(f.join()).containsOnly(200).hasSize(40));
  }

  private static List<Integer> pacedGets() {
    var statuses = new ArrayList<Integer>();
    try (var client = RawClient.connect(gateway.port())) {
      for (int i = 0; i < 40; i++) {
        client.send("GET /once HTTP/1.1\r\n" + HOST + "\r\n");
        statuses.add(client.response().status());
        LockSupport.parkNanos(190_000_000L + i % 21 * 1_000_000L);
      }
    }
    return statuses;
  }
}
