package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** HTTP/2 in front of HTTP/1.1, the other way round, and on both sides. */
@Timeout(60)
class Http2IT {
  private static VertxPeers peers;
  private static RawUpstream upstream;
  private static HttpServer http2Upstream;
  private static HttpClientAgent client;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    peers = new VertxPeers();
    upstream = RawUpstream.start(RawUpstream.OK);
    http2Upstream = peers.http2Upstream(Http2IT::serve);
    client = peers.http2Client(1);
    gateway =
        TidegateProcess.start(
            """
            defaults:
              retry: {attempts: 1}
            upstreams:
              h1: {endpoints: ['%s'], breaker: false, outlier: false}
              h2: {endpoints: ['http://127.0.0.1:%d'], http2: true, breaker: false, outlier: false}
            routes:
              - {id: h2, match: {path: /h2/**}, upstream: h2}
              - {id: h1, match: {path: /**}, upstream: h1}
            """
                .formatted(upstream.url(), http2Upstream.actualPort()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
    peers.close();
  }

  @BeforeEach
  void forget() {
    upstream.forget();
    upstream.behave(RawUpstream.OK);
  }

  private static void serve(HttpServerRequest request) {
    var response = request.response();
    switch (request.path()) {
      case "/h2/echo" -> request.body().onSuccess(response::end);
      case "/h2/headers" ->
          response.end(
              request.version() + " " + request.authority() + " " + request.headers().entries());
      case "/h2/trailers" -> {
        response.setChunked(true).write("ok");
        response.putTrailer("x-sum", "42").end();
      }
      case "/h2/cut" ->
          response
              .putHeader("content-length", "10")
              .write("hello")
              .onSuccess(written -> response.reset(2));
      case "/h2/refuse" -> response.reset(7);
      default -> response.setStatusCode(404).end();
    }
  }

  private static VertxPeers.Answer get(String path, Map<String, String> headers) {
    return VertxPeers.exchange(client, gateway.port(), HttpMethod.GET, path, headers);
  }

  private static VertxPeers.Answer post(String path, String body) {
    var options = VertxPeers.options(gateway.port(), HttpMethod.POST, path, Map.of());
    return VertxPeers.await(VertxPeers.exchange(client, options, Buffer.buffer(body)));
  }

  @Test
  void turnsAnHttp2RequestIntoOneOfHttp11() throws IOException {
    VertxPeers.Answer answer = get("/a?b=c", Map.of("x-a", "1", "te", "trailers"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok");
    RawUpstream.Request seen = upstream.requests().get(0);
    assertThat(seen.line()).isEqualTo("GET /a?b=c HTTP/1.1");
    assertThat(seen.header("x-a")).contains("1");
    assertThat(seen.headers().all("host")).hasSize(1);
    assertThat(seen.header("via").orElse("")).startsWith("2 tidegate");
    assertThat(seen.headers().has("transfer-encoding")).isFalse();
    assertThat(seen.toString()).doesNotContain(":authority", "x-http2");
    assertThat(answer.headers().contains("connection")).isFalse();
  }

  @Test
  void carriesABodyOfUnknownLengthToHttp11() throws IOException {
    var request = VertxPeers.open(client, gateway.port(), HttpMethod.POST, "/upload");
    request.setChunked(true).write("hel");
    request.write("lo");
    var answer =
        VertxPeers.await(request.end().compose(e -> request.response()).compose(VertxPeers::whole));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(upstream.requests().get(0).body().text()).isEqualTo("hello");
    assertThat(upstream.requests().get(0).body().complete()).isTrue();
  }

  @Test
  void joinsTheCrumbsOfACookie() {
    var options = VertxPeers.options(gateway.port(), HttpMethod.GET, "/cookie", Map.of());
    options.putHeader("cookie", java.util.List.of("a=1", "b=2", "c=3"));
    assertThat(VertxPeers.await(VertxPeers.exchange(client, options, null)).status())
        .isEqualTo(200);
    assertThat(upstream.requests().get(0).headers().all("cookie")).containsExactly("a=1; b=2; c=3");
  }

  @Test
  void passesTrailersFromHttp11AndFromHttp2On() {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n"));
    for (String path : new String[] {"/trailers", "/h2/trailers"}) {
      VertxPeers.Answer answer = get(path, Map.of());
      assertThat(answer.body()).isEqualTo("ok");
      assertThat(answer.trailers().get("x-sum")).as(path).isEqualTo("42");
    }
  }

  @Test
  void turnsAnHttp11RequestIntoOneOfHttp2() {
    String seen =
        RawClient.exchange(
                gateway.port(),
                "GET /h2/headers HTTP/1.1\r\nHost: a.test\r\nTE: trailers, deflate\r\n"
                    + "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nX-End: 1\r\n\r\n")
            .text();
    assertThat(seen).startsWith("HTTP_2 127.0.0.1:" + http2Upstream.actualPort());
    assertThat(seen).contains("x-end=1").doesNotContain("x-hop", "keep-alive", "deflate");
  }

  @Test
  void carriesBodiesBetweenAllVersions() {
    String body = "0123456789".repeat(50_000);
    assertThat(post("/h2/echo", body).body()).isEqualTo(body);
    String request =
        "POST /h2/echo HTTP/1.1\r\nHost: a.test\r\nContent-Length: " + body.length() + "\r\n\r\n";
    assertThat(RawClient.exchange(gateway.port(), request + body).body().length())
        .isEqualTo(body.length());
  }

  @Test
  void answersHeadAndEmptyAnswersWithoutABody() {
    upstream.behave(RawUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"));
    VertxPeers.Answer head =
        VertxPeers.exchange(client, gateway.port(), HttpMethod.HEAD, "/head", Map.of());
    assertThat(head.headers().get("content-length")).isEqualTo("1234");
    assertThat(head.body()).isEmpty();
    upstream.behave(RawUpstream.answering("HTTP/1.1 204 No Content\r\n\r\n"));
    assertThat(get("/empty", Map.of()).status()).isEqualTo(204);
  }

  @Test
  void resetsTheStreamWhereTheUpstreamWasCutOff() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
          connection.close();
        });
    assertThat(catchThrowable(() -> get("/cut", Map.of())))
        .hasRootCauseInstanceOf(StreamResetException.class);
    assertThat(catchThrowable(() -> get("/h2/cut", Map.of())))
        .hasRootCauseInstanceOf(StreamResetException.class);
    RawClient.Response cut =
        RawClient.exchange(gateway.port(), "GET /h2/cut HTTP/1.1\r\nHost: a.test\r\n\r\n");
    assertThat(cut.body().complete()).isFalse();
    upstream.behave(RawUpstream.OK);
    assertThat(get("/after", Map.of()).status()).isEqualTo(200);
  }

  @Test
  void answersAStreamThatTheUpstreamRefusedWith502() {
    VertxPeers.Answer refused = get("/h2/refuse", Map.of());
    assertThat(refused.status()).isEqualTo(502);
    assertThat(refused.headers().get("proxy-status")).startsWith("tidegate; error=");
  }

  @Test
  void refusesRequestsThatHttp11CouldNotCarry() {
    assertThat(catchThrowable(() -> get("/x", Map.of("content-length", "5"))))
        .hasRootCauseInstanceOf(StreamResetException.class);
    assertThat(get("/../x", Map.of()).status()).isEqualTo(400);
    assertThat(catchThrowable(() -> get("/x", Map.of("host", "b.test"))))
        .hasRootCauseInstanceOf(StreamResetException.class);
    assertThat(upstream.requests().toString()).doesNotContain("b.test");
  }

  @Test
  void takesTheUpgradeFromHttp11AsWell() throws Exception {
    HttpClient upgrading = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    URI uri = URI.create("http://127.0.0.1:" + gateway.port() + "/upgrade");
    for (int i = 0; i < 2; i++) {
      var answer = upgrading.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(answer.body()).isEqualTo("ok");
    }
    assertThat(upstream.requests())
        .allSatisfy(r -> assertThat(r.headers().has("upgrade")).isFalse())
        .allSatisfy(r -> assertThat(r.headers().has("http2-settings")).isFalse());
  }
}
