package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestLimitsIT {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String HOST = "Host: a.test\r\n";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            server:
              host: 127.0.0.1
              port: 0
              limits:
                request-line: 2KiB
                headers: 4KiB
                header-count: 20
                body: 64KiB
                header-timeout: 1s
                idle-timeout: 3s
                connections: 40
            upstreams:
              origin: {endpoints: ['%s']}
            routes:
              - {id: small, match: {path: /small}, upstream: origin, limits: {body: 10B}}
              - {id: large, match: {path: /large}, upstream: origin, limits: {body: 1MiB}}
              - {id: all, match: {path: /**}, upstream: origin}
            """
                .formatted(upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @BeforeEach
  void forget() {
    upstream.forget();
  }

  @Test
  void refusesALongRequestLineWith414() {
    refused(414, "GET /" + "x".repeat(3000) + " HTTP/1.1\r\n" + HOST + "\r\n");
    refused(414, "GET /" + "x".repeat(300_000));
  }

  @Test
  void refusesLargeHeadersWith431() {
    refused(431, "GET /x HTTP/1.1\r\n" + HOST + "X: " + "y".repeat(5000) + "\r\n\r\n");
    refused(431, "GET /x HTTP/1.1\r\n" + HOST + ("X: " + "y".repeat(500) + "\r\n").repeat(9));
  }

  @Test
  void refusesManyHeadersWith431() {
    refused(431, "GET /x HTTP/1.1\r\n" + HOST + "X: y\r\n".repeat(20) + "\r\n");
    assertThat(status("GET /x HTTP/1.1\r\n" + HOST + "X: y\r\n".repeat(19) + "\r\n"))
        .isEqualTo(200);
  }

  @Test
  void refusesAnAnnouncedLargeBodyWith413BeforeItComes() {
    refused(413, "POST /x HTTP/1.1\r\n" + HOST + "Content-Length: 65537\r\n\r\n");
    refused(413, "POST /small HTTP/1.1\r\n" + HOST + "Content-Length: 11\r\n\r\n");
    refused(
        413,
        "POST /x HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 65537\r\n\r\n");
  }

  @Test
  void refusesAChunkedBodyWith413OnceItIsTooLarge() throws IOException {
    String chunk = "2000\r\n" + "x".repeat(0x2000) + "\r\n";
    String head = "POST /x HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";
    try (var client = RawClient.connect(gateway.port())) {
      String answer = client.trySend(head + chunk.repeat(9)).untilClosed(SOON);
      assertThat(answer).startsWith("HTTP/1.1 413 ").contains("http_request_error");
    }
    for (RawUpstream.Request request : upstream.requests()) {
      assertThat(request.body().complete()).isFalse();
    }
  }

  @Test
  void takesABodyUpToTheLimitOfItsRoute() throws IOException {
    assertThat(post("/x", 65_536)).isEqualTo(200);
    assertThat(post("/small", 10)).isEqualTo(200);
    assertThat(post("/large", 1 << 20)).isEqualTo(200);
    assertThat(upstream.requests().get(2).body().length()).isEqualTo(1 << 20);
  }

  private static int post(String path, int length) {
    return status(
        "POST "
            + path
            + " HTTP/1.1\r\n"
            + HOST
            + "Content-Length: "
            + length
            + "\r\n\r\n"
            + "x".repeat(length));
  }

  @Test
  void givesUpOnASlowHeadWith408() {
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\nHost:");
      assertThat(client.untilClosed(SOON)).matches("(?s)HTTP/1\\.[01] 408 .*");
    }
  }

  @Test
  void givesUpOnAHeadThatTricklesWith408() throws InterruptedException {
    long before = System.nanoTime();
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\nX: ");
      var trickle =
          new Thread(
              () -> {
                while (System.nanoTime() - before < 10_000_000_000L) {
                  client.trySend("y");
                  java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
                }
              });
      trickle.setDaemon(true);
      trickle.start();
      assertThat(client.untilClosed(SOON)).matches("(?s)HTTP/1\\.[01] 408 .*");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(900));
  }

  @Test
  void closesAnIdleConnectionWithoutAWord() {
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.response().status()).isEqualTo(200);
      assertThat(client.untilClosed(Duration.ofSeconds(8))).isEmpty();
    }
  }

  @Test
  void refusesAnUnknownExpectationWith417() {
    refused(417, "GET /x HTTP/1.1\r\n" + HOST + "Expect: the-best\r\n\r\n");
  }

  @Test
  void boundsTheConnectionsOfAllClients() {
    var clients = new java.util.ArrayList<RawClient>();
    try {
      for (int i = 0; i < 60; i++) {
        clients.add(RawClient.connect(gateway.port()));
      }
      long served =
          clients.stream()
              .filter(c -> c.trySend("GET /x HTTP/1.1\r\n" + HOST + "\r\n") != null)
              .filter(c -> c.responseIfAny("GET").filter(r -> r.status() == 200).isPresent())
              .count();
      assertThat(served).isBetween(30L, 40L);
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  private static void refused(int status, String request) {
    long before = upstream.bytes();
    try (var client = RawClient.connect(gateway.port())) {
      String answer = client.trySend(request).untilClosed(SOON);
      assertThat(answer).matches("(?s)HTTP/1\\.[01] " + status + " .*");
      assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
      assertThat(answer).containsIgnoringCase("proxy-status: tidegate; error=http_request_error");
    }
    assertThat(upstream.bytes()).isEqualTo(before);
  }

  private static int status(String request) {
    return RawClient.exchange(gateway.port(), request).status();
  }
}
