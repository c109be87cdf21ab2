package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.e2e.MalformedRequests.Malformed;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RequestFramingIT {
  private static final Duration SOON = Duration.ofSeconds(3);
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";

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
    upstream.behave(RawUpstream.OK);
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void refusesAMalformedRequestAndWhatFollowsIt(Malformed request) {
    long before = upstream.bytes();
    String answer = answerTo(request);
    assertThat(answer).matches("(?s)HTTP/1\\.[01] 400 .*").containsOnlyOnce("HTTP/1.");
    assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
    assertThat(answer).containsIgnoringCase("proxy-status: tidegate; error=http_request_error");
    assertThat(upstream.bytes()).isEqualTo(before);
  }

  static List<Malformed> malformed() {
    return MalformedRequests.all();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void refusesAVersionThatItDoesNotSpeak(Malformed request) {
    long before = upstream.bytes();
    assertThat(answerTo(request)).matches("(?s)HTTP/1.1 (400|505) .*").containsOnlyOnce("HTTP/");
    assertThat(upstream.bytes()).isEqualTo(before);
  }

  static List<Malformed> versions() {
    return MalformedRequests.versions();
  }

  private static String answerTo(Malformed request) {
    try (var client = RawClient.connect(gateway.port())) {
      return client.trySend(request.bytes()).trySend(NEXT).untilClosed(SOON);
    }
  }

  @Test
  void refusesAMalformedRequestByteByByteAsWell() {
    long before = upstream.bytes();
    try (var client = RawClient.connect(gateway.port())) {
      for (char c : "GET /x HTTP/1.1\r\nHost: a.test\r\nX : y\r\n\r\n".toCharArray()) {
        client.trySend(String.valueOf(c));
      }
      assertThat(client.untilClosed(SOON)).startsWith("HTTP/1.1 400 ");
    }
    assertThat(upstream.bytes()).isEqualTo(before);
  }

  @Test
  void answersWhatCameBeforeAMalformedRequestOnTheConnection() {
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /first HTTP/1.1\r\nHost: a.test\r\n\r\nGET /bad HTTP/1.1\r\n\r\n" + NEXT);
      assertThat(client.response().status()).isEqualTo(200);
      assertThat(client.response().status()).isEqualTo(400);
      assertThat(client.untilClosed(SOON)).isEmpty();
    }
    assertThat(upstream.requests()).extracting(RawUpstream.Request::target).containsOnly("/first");
  }

  @Test
  void neverPassesOnABodyWithABadSecondChunkAsComplete() throws IOException {
    try (var client = RawClient.connect(gateway.port())) {
      client.send("POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("5\r\nhello\r\n");
      client.trySend("x\r\nhello\r\n0\r\n\r\n" + NEXT);
      client.untilClosed(SOON);
    }
    for (RawUpstream.Request request : upstream.requests()) {
      assertThat(request.target()).isEqualTo("/x");
      assertThat(request.body().complete()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5, 5", "5"})
  void readsEqualLengthsAsOneOrRefusesThem(String length) throws IOException {
    try (var client = RawClient.connect(gateway.port())) {
      client.send(
          "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + length + "\r\n\r\nhello");
      int status = client.response().status();
      assertThat(status).isIn(length.equals("5") ? List.of(200) : List.of(200, 400));
      if (status == 200) {
        assertThat(upstream.requests().get(0).header("content-length")).contains("5");
        assertThat(upstream.requests().get(0).body().text()).isEqualTo("hello");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nhello\r\n0\r\n\r\n",
        "0005\r\nhello\r\n0\r\n\r\n",
        "5;name=value\r\nhello\r\n000\r\n\r\n",
        "5;name=\"v;a\"\r\nhello\r\n0;last\r\n\r\n",
        "2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: y\r\n\r\n"
      })
  void readsChunksAndDropsTheirExtensions(String body) throws IOException {
    String head = "POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: Chunked\r\n\r\n";
    assertThat(RawClient.exchange(gateway.port(), head + body).status()).isEqualTo(200);
    RawUpstream.Request request = upstream.requests().get(0);
    assertThat(request.headers().all("transfer-encoding").size())
        .isNotEqualTo(request.headers().all("content-length").size());
    assertThat(request.body().text()).isEqualTo("hello");
  }

  @Test
  void takesTheAuthorityOfTheAbsoluteFormOverTheHostField() {
    String request = "GET http://b.test/x?y HTTP/1.1\r\nHost: a.test\r\n\r\n";
    assertThat(RawClient.exchange(gateway.port(), request).status()).isEqualTo(200);
    RawUpstream.Request seen = upstream.requests().get(0);
    assertThat(seen.target()).isEqualTo("/x?y");
    assertThat(seen.headers().toString()).doesNotContain("a.test");
  }

  @Test
  void ignoresEmptyLinesBeforeARequest() {
    String request = "\r\n\r\nGET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
    assertThat(RawClient.exchange(gateway.port(), request).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONNECT a.test:443", "CONNECT /x", "TRACE /x", "TRACE *"})
  void refusesTunnelsAndTraces(String start) {
    long before = upstream.bytes();
    String request = start + " HTTP/1.1\r\nHost: a.test:443\r\nMax-Forwards: 0\r\n\r\n";
    try (var client = RawClient.connect(gateway.port())) {
      String answer = client.trySend(request).trySend(NEXT).untilClosed(SOON);
      assertThat(answer).matches("(?s)HTTP/1.1 (400|405|501) .*").containsOnlyOnce("HTTP/1.1 ");
    }
    assertThat(upstream.bytes()).isEqualTo(before);
  }

  @Test
  void answersOptionsForItselfWhereItWasAskedItself() {
    for (String request :
        List.of("OPTIONS * HTTP/1.1\r\n", "OPTIONS /x HTTP/1.1\r\nMax-Forwards: 0\r\n")) {
      long before = upstream.bytes();
      int status = RawClient.exchange(gateway.port(), request + "Host: a.test\r\n\r\n").status();
      assertThat(status).as(request).isIn(200, 204);
      assertThat(upstream.bytes()).as(request).isEqualTo(before);
    }
  }

  @Test
  void countsMaxForwardsDownForOptionsAlone() {
    String headers = " HTTP/1.1\r\nHost: a.test\r\nMax-Forwards: 3\r\n\r\n";
    RawClient.exchange(gateway.port(), "OPTIONS /x" + headers);
    assertThat(upstream.requests().get(0).header("max-forwards")).contains("2");
    RawClient.exchange(gateway.port(), "GET /x" + headers);
    assertThat(upstream.requests().get(1).header("max-forwards")).contains("3");
  }

  @Test
  void forwardsAMethodItDoesNotKnowAsItIs() {
    RawClient.exchange(gateway.port(), "get /x HTTP/1.1\r\nHost: a.test\r\n\r\n");
    RawClient.exchange(gateway.port(), "M-SEARCH /x HTTP/1.1\r\nHost: a.test\r\n\r\n");
    assertThat(upstream.requests())
        .extracting(RawUpstream.Request::method)
        .containsExactly("get", "M-SEARCH");
  }
}
