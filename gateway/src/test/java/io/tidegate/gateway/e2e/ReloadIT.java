package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ReloadIT {
  private static VertxPeers peers;
  private static RawUpstream upstream;
  private static HttpServer sockets;

  private TidegateProcess gateway;

  @BeforeAll
  static void startUpstreams() {
    peers = new VertxPeers();
    upstream = RawUpstream.start(RawUpstream.OK);
    sockets = peers.webSocketEcho();
  }

  @AfterAll
  static void stopUpstreams() {
    upstream.close();
    peers.close();
  }

  @BeforeEach
  void start() {
    upstream.behave(RawUpstream.OK);
    gateway = TidegateProcess.start(config("v0", 3));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  /** A configuration whose route /version answers {@code version}. */
  private static String config(String version, int failures) {
    return """
        upstreams:
          origin: {endpoints: ['%s'], outlier: false, breaker: {failures: %d, reset: 1m}}
          sockets: {endpoints: ['http://127.0.0.1:%d']}
        routes:
          - {id: version, match: {path: /version}, respond: {body: '%s'}}
          - {id: sockets, match: {path: /ws}, upstream: sockets}
          - {id: all, match: {path: /**}, upstream: origin, retry: {attempts: 1}}
        """
        .formatted(upstream.url(), failures, sockets.actualPort(), version);
  }

  private RawClient.Response get(String path) {
    return RawClient.exchange(gateway.port(), "GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n");
  }

  private void awaitVersion(String version) {
    long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!get("/version").text().equals(version)) {
      assertThat(System.nanoTime()).as("%s in force", version).isLessThan(end);
    }
  }

  @Test
  void losesNoRequestAndNoWebSocketInAHundredReloadsUnderLoad() throws Exception {
    var echoes = new LinkedBlockingQueue<String>();
    var closed = new AtomicBoolean();
    WebSocket socket = peers.webSocket(gateway.port(), "/ws");
    socket.textMessageHandler(echoes::add);
    socket.closeHandler(gone -> closed.set(true));
    var done = new AtomicBoolean();
    var served = new AtomicInteger();
    List<CompletableFuture<Void>> load =
        IntStream.range(0, 4)
            .mapToObj(i -> CompletableFuture.runAsync(() -> ask(done, served, i), Threads::run))
            .toList();
    for (int i = 1; i <= 100; i++) {
      gateway.rewrite(config("v" + i, 3));
      assertThat(gateway.admin("POST", "/reload").status()).isEqualTo(200);
      assertThat(get("/version").text()).isEqualTo("v" + i);
      socket.writeTextMessage("echo " + i);
      assertThat(echoes.poll(5, TimeUnit.SECONDS)).isEqualTo("echo " + i);
    }
    done.set(true);
    load.forEach(CompletableFuture::join);
    assertThat(served.get()).isGreaterThan(400);
    assertThat(closed).isFalse();
    VertxPeers.await(socket.close());
  }

  /** Asks over one kept connection, or over a new one each time, until {@code done}. */
  private void ask(AtomicBoolean done, AtomicInteger served, int kind) {
    while (!done.get()) {
      try (var client = RawClient.connect(gateway.port())) {
        int requests = kind % 2 == 0 ? Integer.MAX_VALUE : 1;
        for (int i = 0; i < requests && !done.get(); i++) {
          client.send("GET /load HTTP/1.1\r\nHost: a.test\r\n\r\n");
          assertThat(client.response().status()).isEqualTo(200);
          served.incrementAndGet();
        }
      }
    }
  }

  @Test
  void takesAChangedFileByItself() {
    gateway.rewrite(config("watched", 3));
    awaitVersion("watched");
  }

  @Test
  void takesAChangedFileOnHangUp() {
    gateway.rewrite(config("signalled", 3));
    gateway.signal("HUP");
    awaitVersion("signalled");
    assertThat(gateway.process().isAlive()).isTrue();
  }

  @Test
  void keepsWhatItHasWhenTheFileIsInvalid() {
    String before = version();
    gateway.rewrite(config("v1", 3).replace("path: /ws", "pth: /ws").replace("1m", "soon"));
    RawClient.Response refused = gateway.admin("POST", "/reload");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(new JsonObject(refused.text()).getJsonArray("errors").toString())
        .contains("pth", "soon");
    assertThat(get("/version").text()).isEqualTo("v0");
    assertThat(version()).isEqualTo(before);
    assertThat(gateway.metric("tidegate_config_last_reload_success")).isZero();
    gateway.rewrite(config("v2", 3));
    awaitVersion("v2");
    assertThat(gateway.metric("tidegate_config_last_reload_success")).isEqualTo(1);
    gateway.expectErrors();
  }

  private String version() {
    return new JsonObject(gateway.admin("GET", "/config").text()).getString("version");
  }

  @Test
  void keepsAnOpenBreakerOpenWhenSomethingElseChanges() {
    upstream.behave(RawUpstream.answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
    for (int i = 0; i < 3; i++) {
      assertThat(get("/x").status()).isEqualTo(500);
    }
    assertThat(get("/x").status()).isEqualTo(503);
    gateway.rewrite(config("v1", 3));
    assertThat(gateway.admin("POST", "/reload").status()).isEqualTo(200);
    assertThat(get("/x").status()).isEqualTo(503);
  }

  @Test
  void finishesARequestUnderTheConfigurationItBeganWith() throws Exception {
    var release = new java.util.concurrent.CountDownLatch(1);
    upstream.behave(
        (request, connection) -> {
          try {
            release.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            throw new java.io.IOException(e);
          }
          RawUpstream.ok("old").answer(request, connection);
        });
    upstream.forget();
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n");
      upstream.awaitRequest("/slow");
      gateway.rewrite(
          """
          routes:
            - {id: version, match: {path: /version}, respond: {body: 'bare'}}
          """);
      assertThat(gateway.admin("POST", "/reload").status()).isEqualTo(200);
      assertThat(get("/slow").status()).isEqualTo(404);
      release.countDown();
      assertThat(client.response().text()).isEqualTo("old");
    }
  }

  @Test
  void saysWhatNeedsARestart() {
    gateway.rewrite("server: {host: 127.0.0.1, port: 1}\n" + config("v1", 3));
    RawClient.Response answer = gateway.admin("POST", "/reload");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(new JsonObject(answer.text()).getJsonArray("restart").toString()).contains("server");
    assertThat(get("/version").text()).isEqualTo("v1");
  }
}
