package io.tidegate.gateway.wire;

import static io.tidegate.gateway.wire.RawUpstream.writes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UpgradesTest {
  private static final String HANDSHAKE =
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  private static final String SWITCHED =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  private static final String HELLO = "\u0081\u0005hello";

  private final CompletableFuture<byte[]> seenByUpstream = new CompletableFuture<>();
  private RawUpstream upstream;
  private RawGateway gateway;
  private RawClient client;

  @BeforeEach
  void start() throws Exception {
    upstream =
        new RawUpstream(
            (request, socket) -> {
              writes(SWITCHED + HELLO).to(request, socket);
              readAll(socket);
            });
    gateway = RawGateway.before(upstream);
    client = new RawClient(gateway);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    gateway.close();
    upstream.close();
  }

  private void readAll(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    seenByUpstream.complete(in.readAllBytes());
  }

  private String read(int length) throws IOException {
    byte[] bytes = client.socket().getInputStream().readNBytes(length);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatComesRightBehindTheHandshakeIsPassedOn() throws IOException {
    assertThat(client.send(HANDSHAKE).answer()).startsWith("HTTP/1.1 101 ");
    assertThat(read(HELLO.length())).isEqualTo(HELLO);
  }

  @Test
  void anUpstreamIsToldThatItsClientHasGone() throws Exception {
    client.send(HANDSHAKE).answer();
    read(HELLO.length());
    client.close();

    assertThat(seenByUpstream.get(10, TimeUnit.SECONDS))
        .containsExactly(0x88, 0x82, 0, 0, 0, 0, 1001 >> 8, 1001 & 0xff);
  }

  @Test
  void aClientIsToldThatItsUpstreamHasGone() throws Exception {
    upstream.answer(
        (request, socket) -> {
          writes(SWITCHED + HELLO).to(request, socket);
          socket.close();
        });
    client.send(HANDSHAKE).answer();

    String close = "\u0088\u0002" + (char) (1011 >> 8) + (char) (1011 & 0xff);
    assertThat(client.rest()).isEqualTo(HELLO + close);
  }

  @Test
  void aSwitchToSomethingElseIsABadGateway() throws IOException {
    upstream.answer(
        writes("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n"));
    assertThat(client.send(HANDSHAKE).answer())
        .startsWith("HTTP/1.1 502 ")
        .contains("error=http_upgrade_failed");
  }

  @Test
  void dataBeforeTheAnswerToTheHandshakeIsRefusedAndNotLost() throws Exception {
    upstream.answer(
        (request, socket) -> {
          client.send("\u0081\u0080\0\0\0\0");
          awaitEcho();
          writes(SWITCHED).to(request, socket);
          readAll(socket);
        });
    assertThat(client.send(HANDSHAKE).answer()).startsWith("HTTP/1.1 400 ");
    assertThat(seenByUpstream.get(10, TimeUnit.SECONDS)).isEmpty();
  }

  /** The gateway has read what another connection sent before: it has one event loop. */
  private void awaitEcho() throws IOException {
    try (var other = new RawClient(gateway)) {
      other.send("GET bad HTTP/1.1\r\n\r\n").answer();
    }
  }

  @Test
  void aHandshakeWithABodyIsAnOrdinaryRequest() throws Exception {
    upstream.answer(RawUpstream.ok("plain"));
    client.send(HANDSHAKE.replace("\r\n\r\n", "\r\nContent-Length: 4\r\n\r\nbody"));
    assertThat(client.answer()).endsWith("plain");
    assertThat(upstream.request()).doesNotContainIgnoringCase("upgrade").endsWith("body");
  }

  @Test
  void anUpgradeToHttp2ThatIsMalformedEndsTheConnection() throws IOException {
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    assertThat(client.rest()).startsWith("HTTP/1.1 400 ").contains("connection: close");
  }
}
