package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 1xx answers, {@code Expect: 100-continue}, trailers and early final answers. */
@Timeout(60)
class InterimResponsesIT {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String HOST = "Host: a.test\r\n";
  private static final String EXPECTING =
      "POST /x HTTP/1.1\r\n" + HOST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway = TidegateProcess.proxying(upstream.url());
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
  void asksForTheBodyOnceTheUpstreamDoes() throws IOException {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 100 Continue\r\n\r\n");
          RawUpstream.ok(request.body().text()).answer(request, connection);
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send(EXPECTING);
      assertThat(client.response().status()).isEqualTo(100);
      assertThat(client.send("hello").response().text()).isEqualTo("hello");
    }
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void asksForTheBodyOfAChunkedRequestOnceTheUpstreamDoes() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 100 Continue\r\n\r\n");
          RawUpstream.ok(request.body().text()).answer(request, connection);
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send(EXPECTING.replace("Content-Length: 5", "Transfer-Encoding: chunked"));
      assertThat(client.response().status()).isEqualTo(100);
      assertThat(client.send("5\r\nhello\r\n0\r\n\r\n").response().text()).isEqualTo("hello");
    }
  }

  @Test
  void sparesTheClientABodyThatTheUpstreamRefuses() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n");
          connection.closedWithin(SOON);
          connection.close();
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send(EXPECTING);
      assertThat(client.response().status()).isEqualTo(401);
    }
  }

  @Test
  void asksForTheBodyItselfWhenTheUpstreamIsSilentAboutIt() {
    upstream.behave((request, connection) -> RawUpstream.ok("late").answer(request, connection));
    try (var client = RawClient.connect(gateway.port())) {
      client.send(EXPECTING);
      assertThat(client.response().status()).isEqualTo(100);
      assertThat(client.send("hello").response().text()).isEqualTo("late");
    }
  }

  @Test
  void takesABodyThatDidNotWait() {
    upstream.behave((request, connection) -> RawUpstream.ok("fine").answer(request, connection));
    try (var client = RawClient.connect(gateway.port())) {
      client.send(EXPECTING + "hello");
      RawClient.Response first = client.response();
      RawClient.Response last = first.status() == 100 ? client.response() : first;
      assertThat(last.text()).isEqualTo("fine");
    }
  }

  @Test
  void passesEarlyHintsOnToHttp11AndNotToHttp10() {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      RawClient.Response hints = client.response();
      assertThat(hints.status()).isEqualTo(103);
      assertThat(hints.header("link")).contains("</a>; rel=preload");
      assertThat(client.response().text()).isEqualTo("ok");
    }
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.0\r\n" + HOST + "\r\n");
      assertThat(client.response().status()).isEqualTo(200);
    }
  }

  @Test
  void passesEarlyHintsOnFromTheOriginAndNeverFromTheStore() {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok"));
    String cached =
        TidegateProcess.proxyTo(upstream.url()).replace(": origin}", ": origin, cache: {}}");
    try (var remembering = TidegateProcess.start(cached);
        var client = RawClient.connect(remembering.port())) {
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.response().status()).isEqualTo(103);
      RawClient.Response fetched = client.response();
      assertThat(fetched.header("link")).isEmpty();
      assertThat(fetched.text()).isEqualTo("ok");
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      RawClient.Response stored = client.response();
      assertThat(stored.status()).isEqualTo(200);
      assertThat(stored.header("cache-status").toString()).contains("hit");
    }
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void survivesInterimAnswersThatNobodyAskedFor() {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      RawClient.Response response = client.response();
      while (response.status() < 200) {
        response = client.response();
      }
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.text()).isEqualTo("ok");
    }
  }

  @Test
  void passesTrailersOnToAClientThatTakesThem() {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\nok\r\n0\r\nX-Sum: 42\r\nContent-Length: 7\r\n\r\n"));
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\n" + HOST + "TE: trailers\r\nConnection: TE\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.text()).isEqualTo("ok");
      assertThat(response.body().complete()).isTrue();
      assertThat(response.body().trailers().first("x-sum")).contains("42");
      assertThat(response.body().trailers().has("content-length")).isFalse();
    }
  }

  @Test
  void neverTurnsRequestTrailersIntoHeaders() throws IOException {
    upstream.behave(RawUpstream.OK);
    String request =
        "POST /x HTTP/1.1\r\n"
            + HOST
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n0\r\nX-Admin: yes\r\nHost: evil.test\r\n\r\n";
    assertThat(RawClient.exchange(gateway.port(), request).status()).isEqualTo(200);
    RawUpstream.Request seen = upstream.requests().get(0);
    assertThat(seen.body().text()).isEqualTo("hello");
    assertThat(seen.headers().has("x-admin")).isFalse();
    assertThat(seen.headers().toString()).doesNotContain("evil");
  }

  @Test
  void handsOnAnAnswerThatComesBeforeTheBodyIsSent() {
    upstream.behave(
        (request, connection) -> {
          connection.write(
              "HTTP/1.1 413 Enough\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
          connection.closedWithin(SOON);
          connection.close();
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send("POST /x HTTP/1.1\r\n" + HOST + "Content-Length: 1000000\r\n\r\n");
      client.send("x".repeat(100_000));
      RawClient.Response response = client.response();
      assertThat(response.status()).isEqualTo(413);
      assertThat(response.text()).isEqualTo("no");
    }
  }
}
