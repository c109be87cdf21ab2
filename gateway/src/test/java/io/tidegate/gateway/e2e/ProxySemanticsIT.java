package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxySemanticsIT {
  private static final Duration SOON = Duration.ofSeconds(3);
  private static final String HOST = "Host: a.test\r\n";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            upstreams:
              origin: {endpoints: ['%1$s']}
            routes:
              - {id: keep, match: {path: /keep}, upstream: origin, rewrite: {host: keep}}
              - {id: named, match: {path: /named}, upstream: origin, rewrite: {host: b.test}}
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
    upstream.behave(RawUpstream.OK);
  }

  @Test
  void keepsFieldsOfTheClientsConnectionFromTheUpstream() {
    get(
        "Connection: keep-alive, X-Hop, close-not\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
            + "Proxy-Connection: keep-alive\r\nTE: gzip, deflate\r\nUpgrade: foo/2\r\nX-End: 1\r\n");
    assertThat(seen().headers().lines())
        .extracting(line -> line.name().toLowerCase(java.util.Locale.ROOT))
        .contains("x-end")
        .doesNotContain(
            "x-hop", "keep-alive", "proxy-connection", "te", "upgrade", "close-not", "connection");
  }

  @Test
  void keepsFieldsOfTheUpstreamsConnectionFromTheClient() {
    answer(
        "HTTP/1.1 200 OK\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n"
            + "Proxy-Connection: keep-alive\r\nUpgrade: h2c\r\nX-End: 1\r\nContent-Length: 2\r\n\r\nok");
    Fields headers = get("").headers();
    assertThat(headers.has("x-end")).isTrue();
    for (String name : new String[] {"x-hop", "keep-alive", "proxy-connection", "upgrade"}) {
      assertThat(headers.has(name)).as(name).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"content-length", "host", "x-forwarded-for, via"})
  void letsNoClientTakeItsFramingAwayThroughConnection(String names) throws IOException {
    RawClient.Response response =
        RawClient.exchange(
            gateway.port(),
            "POST /x HTTP/1.1\r\n"
                + HOST
                + "Connection: "
                + names
                + "\r\nContent-Length: 5\r\n\r\nhello");
    assertThat(response.status()).isEqualTo(200);
    assertThat(seen().body().text()).isEqualTo("hello");
    assertThat(seen().headers().all("host")).hasSize(1);
    assertThat(seen().header("via")).isPresent();
    assertThat(seen().header("x-forwarded-for")).contains("127.0.0.1");
  }

  @Test
  void namesItselfInViaBothWays() {
    answer("HTTP/1.1 200 OK\r\nVia: 1.0 inner\r\nContent-Length: 2\r\n\r\nok");
    RawClient.Response response = get("Via: 1.1 first\r\nVia: 1.0 second\r\n");
    assertThat(String.join(", ", seen().headers().all("via")))
        .startsWith("1.1 first, 1.0 second, 1.1 tidegate");
    assertThat(String.join(", ", response.headers().all("via")))
        .isEqualTo("1.0 inner, 1.1 tidegate");
  }

  @ParameterizedTest
  @CsvSource({"/x,upstream", "/keep,a.test", "/named,b.test"})
  void sendsTheHostThatTheRouteAsksFor(String path, String host) {
    RawClient.exchange(gateway.port(), "GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
    String expected = host.equals("upstream") ? "127.0.0.1:" + upstream.port() : host;
    assertThat(seen().headers().all("host")).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/a%2Fb;v=1/%7Euser?x=%20&y=a+b&&=z&%7E,/a%2Fb;v=1/~user?x=%20&y=a+b&&=z&%7E",
    "/x?,/x?",
    "//a///b,/a/b",
    "/a/./b/../c,/a/c",
    "/%e4?q={a|b},/%E4?q={a|b}"
  })
  void forwardsThePathThatWasMatchedAndTheQueryAsItCame(String sent, String forwarded) {
    RawClient.exchange(gateway.port(), "GET " + sent + " HTTP/1.1\r\n" + HOST + "\r\n");
    assertThat(seen().target()).isEqualTo(forwarded);
  }

  @Test
  void passesFieldValuesAndRepeatedFieldsOnAsTheyCame() {
    answer(
        "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX-Two: 1\r\nSet-Cookie: b=2; Path=/\r\nX-Two: 2\r\n"
            + "X-Bytes: \u00e9\u00ff\r\nX-Empty:\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok");
    RawClient.Response response =
        get("Cookie: a=1; b=2\r\nX-Two: 1\r\nX-Bytes: \u00e9\u00ff\r\nX-Two: 2\r\nX-Empty:\r\n");
    assertThat(seen().headers().all("x-two")).containsExactly("1", "2");
    assertThat(seen().header("x-bytes")).contains("\u00e9\u00ff");
    assertThat(seen().header("x-empty")).contains("");
    assertThat(seen().headers().all("cookie")).containsExactly("a=1; b=2");
    assertThat(response.headers().all("set-cookie")).containsExactly("a=1", "b=2; Path=/");
    assertThat(response.headers().all("x-two")).containsExactly("1", "2");
    assertThat(response.header("x-bytes")).contains("\u00e9\u00ff");
    assertThat(response.header("x-empty")).contains("");
    assertThat(response.header("content-encoding")).contains("gzip");
    assertThat(response.text()).isEqualTo("ok");
  }

  @Test
  void passesRedirectsAndErrorsOfTheUpstreamOnUntouched() {
    answer("HTTP/1.1 307 Go\r\nLocation: http://c.test/?a\r\nContent-Length: 0\r\n\r\n");
    assertThat(get("").header("location")).contains("http://c.test/?a");
    answer("HTTP/1.1 418 Teapot\r\nContent-Length: 2\r\n\r\nhi");
    RawClient.Response teapot = get("");
    assertThat(teapot.status()).isEqualTo(418);
    assertThat(teapot.text()).isEqualTo("hi");
    assertThat(teapot.header("proxy-status")).isEmpty();
  }

  @Test
  void answersHeadWithTheHeadersOfGetAndNoBody() {
    answer("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
    try (var client = RawClient.connect(gateway.port())) {
      client.send("HEAD /x HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.response("HEAD").header("content-length")).contains("1234");
      answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("HEAD /x HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.response("HEAD").header("content-length")).isEmpty();
      upstream.behave(RawUpstream.OK);
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.response().text()).isEqualTo("ok");
    }
    assertThat(upstream.requests())
        .extracting(r -> r.method())
        .containsExactly("HEAD", "HEAD", "GET");
  }

  @Test
  void sendsNoBodyWith204And304() {
    try (var client = RawClient.connect(gateway.port())) {
      answer("HTTP/1.1 204 No Content\r\n\r\n");
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      RawClient.Response empty = client.response();
      assertThat(empty.status()).isEqualTo(204);
      assertThat(empty.header("content-length")).isEmpty();
      assertThat(empty.header("transfer-encoding")).isEmpty();
      answer("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 99\r\n\r\n");
      client.send("GET /x HTTP/1.1\r\n" + HOST + "If-None-Match: \"a\"\r\n\r\n");
      RawClient.Response same = client.response();
      assertThat(same.status()).isEqualTo(304);
      assertThat(same.header("etag")).contains("\"a\"");
      assertThat(same.header("transfer-encoding")).isEmpty();
      upstream.behave(RawUpstream.OK);
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.response().text()).isEqualTo("ok");
    }
  }

  @Test
  void framesAnewWhatTheUpstreamEndedByClosing() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.0 200 OK\r\n\r\nuntil the end");
          connection.close();
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      RawClient.Response response = client.response();
      assertThat(response.text()).isEqualTo("until the end");
      assertThat(response.header("transfer-encoding")).contains("chunked");
      upstream.behave(RawUpstream.OK);
      client.send("GET /x HTTP/1.1\r\n" + HOST + "\r\n");
      assertThat(client.response().text()).isEqualTo("ok");
    }
  }

  @Test
  void answersPipelinedRequestsInTheirOrder() {
    upstream.behave(
        (request, connection) -> RawUpstream.ok(request.target()).answer(request, connection));
    try (var client = RawClient.connect(gateway.port())) {
      for (String path : new String[] {"/1", "/2", "/3", "/4"}) {
        client.send("GET " + path + " HTTP/1.1\r\n" + HOST + "\r\n");
      }
      for (String path : new String[] {"/1", "/2", "/3", "/4"}) {
        assertThat(client.response().text()).isEqualTo(path);
      }
    }
  }

  @Test
  void closesWhenTheClientAsksForIt() {
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.header("connection")).contains("close");
      assertThat(client.closedWithin(SOON)).isTrue();
    }
  }

  @Test
  void keepsItsConnectionToTheUpstreamWhenTheClientsCloses() {
    get("Connection: close\r\n");
    int before = upstream.accepted();
    for (int i = 0; i < 10; i++) {
      get("Connection: close\r\n");
    }
    assertThat(upstream.accepted() - before).isLessThanOrEqualTo(2);
  }

  @Test
  void speaksToAnHttp10ClientInItsOwnTerms() {
    answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n");
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.0\r\n\r\n");
      RawClient.Response response = client.response();
      assertThat(response.header("transfer-encoding")).isEmpty();
      assertThat(response.text()).isEqualTo("ok");
      assertThat(client.closedWithin(SOON)).isTrue();
    }
    assertThat(seen().line()).endsWith("HTTP/1.1");
    upstream.behave(RawUpstream.OK);
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.response().text()).isEqualTo("ok");
      client.send("GET /x HTTP/1.0\r\n\r\n");
      assertThat(client.response().text()).isEqualTo("ok");
      assertThat(client.closedWithin(SOON)).isTrue();
    }
  }

  private static RawClient.Response get(String headers) {
    return RawClient.exchange(gateway.port(), "GET /x HTTP/1.1\r\n" + HOST + headers + "\r\n");
  }

  private static void answer(String bytes) {
    upstream.behave(RawUpstream.answering(bytes));
  }

  private static RawUpstream.Request seen() {
    return upstream.requests().get(upstream.requests().size() - 1);
  }
}
