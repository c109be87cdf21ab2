package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebSocketIT {
  private static final int LARGE = 1 << 20;
  private static final BlockingQueue<Integer> upstreamCloses = new LinkedBlockingQueue<>();
  private static final BlockingQueue<String> upstreamHeaders = new LinkedBlockingQueue<>();

  private static VertxPeers peers;
  private static HttpServer server;
  private static RawUpstream upstream;
  private static WebSocketClient client;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    peers = new VertxPeers();
    upstream = RawUpstream.start(RawUpstream.OK);
    var options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setMaxWebSocketMessageSize(4 * LARGE)
            .setWebSocketSubProtocols(List.of("chat"));
    server =
        VertxPeers.await(
            peers.vertx().createHttpServer(options).webSocketHandler(WebSocketIT::serve).listen());
    client =
        peers.webSocketClient(
            new WebSocketClientOptions().setMaxMessageSize(4 * LARGE).setMaxConnections(100));
    gateway =
        TidegateProcess.start(
            """
            defaults:
              timeout: {total: 2s, attempt: 1s}
            upstreams:
              sockets: {endpoints: ['http://127.0.0.1:%d']}
              origin: {endpoints: ['%s']}
            routes:
              - {id: sockets, match: {path: /ws/**}, upstream: sockets}
              - {id: all, match: {path: /**}, upstream: origin}
            """
                .formatted(server.actualPort(), upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
    peers.close();
  }

  private static void serve(ServerWebSocket socket) {
    upstreamHeaders.add(socket.uri() + " " + socket.headers().entries());
    socket.closeHandler(
        closed ->
            upstreamCloses.add(
                socket.closeStatusCode() == null ? -1 : (int) socket.closeStatusCode()));
    socket.textMessageHandler(
        text -> {
          if (text.equals("close")) {
            socket.close((short) 4002, "enough");
          } else {
            socket.writeTextMessage(text);
          }
        });
    socket.binaryMessageHandler(socket::writeBinaryMessage);
  }

  private static WebSocket open(String path) {
    upstreamCloses.clear();
    upstreamHeaders.clear();
    return VertxPeers.await(client.connect(options(path)));
  }

  private static WebSocketConnectOptions options(String path) {
    return new WebSocketConnectOptions().setHost("127.0.0.1").setPort(gateway.port()).setURI(path);
  }

  @Test
  void carriesTextAndBinaryMessagesBothWays() throws Exception {
    WebSocket socket = open("/ws/echo?a=b");
    assertThat(upstreamHeaders.poll(5, TimeUnit.SECONDS))
        .startsWith("/ws/echo?a=b")
        .containsIgnoringCase("x-forwarded-for=127.0.0.1")
        .containsIgnoringCase("via=1.1 tidegate");
    var texts = new LinkedBlockingQueue<String>();
    var blobs = new LinkedBlockingQueue<Buffer>();
    socket.textMessageHandler(texts::add);
    socket.binaryMessageHandler(blobs::add);
    for (int i = 0; i < 100; i++) {
      socket.writeTextMessage("message " + i);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(texts.poll(5, TimeUnit.SECONDS)).isEqualTo("message " + i);
    }
    Buffer large = Buffer.buffer("0123456789abcdef".repeat(LARGE / 16));
    socket.writeBinaryMessage(large);
    assertThat(blobs.poll(10, TimeUnit.SECONDS)).isEqualTo(large);
    VertxPeers.await(socket.close());
  }

  @Test
  void agreesOnTheSubprotocolOfTheUpstream() {
    WebSocket socket =
        VertxPeers.await(
            client.connect(options("/ws/echo").addSubProtocol("other").addSubProtocol("chat")));
    assertThat(socket.subProtocol()).isEqualTo("chat");
    VertxPeers.await(socket.close());
  }

  @Test
  void passesCloseCodesOnBothWays() throws Exception {
    WebSocket mine = open("/ws/echo");
    mine.close((short) 4001, "mine");
    assertThat(upstreamCloses.poll(5, TimeUnit.SECONDS)).isEqualTo(4001);
    WebSocket theirs = open("/ws/echo");
    var code = new LinkedBlockingQueue<Integer>();
    theirs.closeHandler(closed -> code.add((int) theirs.closeStatusCode()));
    theirs.writeTextMessage("close");
    assertThat(code.poll(5, TimeUnit.SECONDS)).isEqualTo(4002);
    assertThat(theirs.closeReason()).isEqualTo("enough");
  }

  @Test
  void tellsTheUpstreamThatTheClientVanished() throws Exception {
    upstreamCloses.clear();
    try (var raw = RawClient.connect(gateway.port())) {
      raw.send(
          "GET /ws/echo HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      assertThat(raw.response().status()).isEqualTo(101);
      raw.reset();
    }
    assertThat(upstreamCloses.poll(2, TimeUnit.SECONDS)).isIn(1001, 1006, -1);
  }

  @Test
  void tellsTheClientThatTheUpstreamVanished() throws Exception {
    var watched = new CountDownLatch(1);
    upstream.behave(
        (request, connection) -> {
          connection.write(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  + "Sec-WebSocket-Accept: "
                  + accept(request)
                  + "\r\n\r\n");
          seen(watched);
          connection.reset();
        });
    var code = new LinkedBlockingQueue<Integer>();
    VertxPeers.await(
        client
            .connect(options("/vanishing"))
            .onSuccess(
                socket -> {
                  socket.closeHandler(closed -> code.add((int) socket.closeStatusCode()));
                  watched.countDown();
                }));
    assertThat(code.poll(2, TimeUnit.SECONDS)).isEqualTo(1011);
  }

  private static void seen(CountDownLatch latch) {
    try {
      latch.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String accept(RawUpstream.Request request) {
    try {
      String key = request.header("sec-websocket-key").orElseThrow();
      var sha1 = java.security.MessageDigest.getInstance("SHA-1");
      byte[] text =
          (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      return java.util.Base64.getEncoder().encodeToString(sha1.digest(text));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void passesARefusedUpgradeOn() {
    upstream.behave(RawUpstream.answering("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"));
    Throwable refused = catchThrowable(() -> VertxPeers.await(client.connect(options("/no"))));
    assertThat(refused).hasRootCauseInstanceOf(UpgradeRejectedException.class);
    assertThat(((UpgradeRejectedException) refused.getCause()).getStatus()).isEqualTo(403);
  }

  @Test
  void livesLongerThanTheTimeoutsOfARequest() throws Exception {
    WebSocket socket = open("/ws/echo");
    var texts = new LinkedBlockingQueue<String>();
    socket.textMessageHandler(texts::add);
    long end = System.nanoTime() + Duration.ofMillis(2500).toNanos();
    while (System.nanoTime() < end) {
      socket.writeTextMessage("still here");
      assertThat(texts.poll(5, TimeUnit.SECONDS)).isEqualTo("still here");
    }
    VertxPeers.await(socket.close());
  }

  @Test
  void givesAllSocketsBackAfterManyShortConversations() {
    for (int i = 0; i < 200; i++) {
      VertxPeers.await(open("/ws/echo").close());
    }
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (gateway.metric("tidegate_pool_in_use", "sockets") > 0) {
      assertThat(System.nanoTime()).as("sockets still in use").isLessThan(end);
    }
  }
}
