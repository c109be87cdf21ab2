package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.e2e.MalformedResponses.Malformed;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client gets from an upstream that breaks the rules, without any retry. */
@Timeout(60)
class UpstreamFaultIT {
  private static final Duration SOON = Duration.ofSeconds(3);
  private static final String GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            defaults:
              timeout: {total: 5s, attempt: 1s, idle: 1s}
              retry: {attempts: 1}
            upstreams:
              origin: {endpoints: ['%s'], breaker: false, outlier: false}
              closed: {endpoints: ['http://127.0.0.1:%d'], breaker: false, outlier: false}
              nowhere: {endpoints: ['http://no-such-host.invalid:80'], breaker: false}
            routes:
              - {id: closed, match: {path: /closed}, upstream: closed}
              - {id: nowhere, match: {path: /nowhere}, upstream: nowhere}
              - {id: all, match: {path: /**}, upstream: origin}
            """
                .formatted(upstream.url(), closedPort()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @BeforeEach
  void forget() {
    upstream.hangUp();
    upstream.forget();
  }

  private static int closedPort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("malformedHeads")
  void answersAMalformedHeadWith502AndClosesItsConnection(Malformed answer) throws Exception {
    CompletableFuture<Boolean> closed = misbehave(answer.bytes());
    RawClient.Response response = RawClient.exchange(gateway.port(), GET);
    assertThat(response.status()).isEqualTo(502);
    assertThat(response.header("content-type")).contains("application/problem+json");
    assertThat(response.header("proxy-status").orElse("")).startsWith("tidegate; error=");
    assertThat(closed.get(5, TimeUnit.SECONDS)).isTrue();
    assertThat(upstream.requests()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("repairableHeads")
  void setsAHeadRightOrRefusesIt(Malformed answer) {
    upstream.behave(RawUpstream.answering(answer.bytes()));
    RawClient.Response response = RawClient.exchange(gateway.port(), GET);
    if (response.status() != 502) {
      assertThat(response.text()).isEqualTo("ok");
      assertThat(response.headers().all("x")).containsExactly("y z");
      assertThat(response.headers().all("content-length")).containsExactly("2");
    }
  }

  static List<Malformed> repairableHeads() {
    return MalformedResponses.repairable();
  }

  static List<Malformed> malformedHeads() {
    return MalformedResponses.heads();
  }

  @ParameterizedTest
  @MethodSource("malformedBodies")
  void passesAMalformedBodyOnToNobodyAsComplete(Malformed answer) throws Exception {
    CompletableFuture<Boolean> closed = misbehave(answer.bytes());
    RawClient.Response response = RawClient.exchange(gateway.port(), GET);
    assertThat(response.status() == 502 || !response.body().complete()).isTrue();
    assertThat(closed.get(5, TimeUnit.SECONDS)).isTrue();
  }

  static List<Malformed> malformedBodies() {
    return MalformedResponses.bodies();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
      })
  void cutsTheClientOffWhereTheUpstreamWasCutOff(String answer) {
    for (boolean reset : new boolean[] {false, true}) {
      upstream.behave(
          (request, connection) -> {
            connection.write(answer);
            if (reset) {
              connection.reset();
            } else {
              connection.close();
            }
          });
      try (var client = RawClient.connect(gateway.port())) {
        RawClient.Response response = client.send(GET).response();
        assertThat(response.status() == 502 || !response.body().complete()).isTrue();
        assertThat(client.closedWithin(SOON) || response.status() == 502).isTrue();
      }
    }
  }

  @Test
  void cutsTheClientOffWhenTheUpstreamStopsInTheMiddle() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
          connection.closedWithin(Duration.ofSeconds(10));
          connection.close();
        });
    RawClient.Response response = RawClient.exchange(gateway.port(), GET);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body().complete()).isFalse();
  }

  @Test
  void answersAClosedOrResetConnectionWith502() {
    upstream.behave((request, connection) -> connection.close());
    failed(502, "connection_terminated", GET);
    upstream.behave((request, connection) -> connection.reset());
    failed(502, "connection_terminated", GET);
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\nContent-Le");
          connection.close();
        });
    failed(502, "", GET);
  }

  @Test
  void answersSilenceWith504AndGivesTheConnectionUp() throws Exception {
    CompletableFuture<Boolean> closed = misbehave("");
    long before = System.nanoTime();
    failed(504, "http_response_timeout", GET);
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(900), Duration.ofMillis(2500));
    assertThat(closed.get(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void answersARefusedConnectionAndAnUnknownNameWith502() {
    failed(502, "connection_refused", GET.replace("/x", "/closed"));
    RawClient.Response unknown = RawClient.exchange(gateway.port(), GET.replace("/x", "/nowhere"));
    assertThat(unknown.status()).isIn(502, 503, 504);
    assertThat(unknown.header("proxy-status").orElse("")).startsWith("tidegate; error=d");
  }

  @Test
  void answersHugeHeadersWith502() {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 200 OK\r\nX: " + "y".repeat(200_000) + "\r\nContent-Length: 2\r\n\r\nok"));
    failed(502, "http_response_header_section_size", GET);
  }

  @Test
  void throwsAwayWhatAnUpstreamSendsAfterItsAnswer() {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"));
    for (int i = 0; i < 20; i++) {
      RawClient.Response response = RawClient.exchange(gateway.port(), GET);
      assertThat(response.text()).as("answer %d", i).isNotEqualTo("evil");
    }
  }

  @Test
  void throwsAwayABodyWhereNoneIsAllowed() {
    for (String head : List.of("204 No Content", "304 Not Modified")) {
      upstream.behave(
          RawUpstream.answering("HTTP/1.1 " + head + "\r\nContent-Length: 5\r\n\r\nevil!"));
      for (int i = 0; i < 5; i++) {
        try (var client = RawClient.connect(gateway.port())) {
          client.send(GET + GET);
          client.response();
          client.responseIfAny("GET").ifPresent(r -> assertThat(r.text()).doesNotContain("evil"));
        }
      }
    }
  }

  private static void failed(int status, String error, String request) {
    RawClient.Response response = RawClient.exchange(gateway.port(), request);
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.header("content-type")).contains("application/problem+json");
    assertThat(response.header("proxy-status").orElse("")).startsWith("tidegate; error=" + error);
  }

  /** Answers with {@code bytes} and waits; tells whether the gateway closed the connection. */
  private static CompletableFuture<Boolean> misbehave(String bytes) {
    var closed = new CompletableFuture<Boolean>();
    upstream.behave(
        (request, connection) -> {
          request.body();
          connection.write(bytes);
          closed.complete(connection.closedWithin(Duration.ofSeconds(4)));
          connection.close();
        });
    return closed;
  }
}
