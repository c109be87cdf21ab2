package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A client that leaves frees the only connection to the upstream at once, whatever it waited for.
 */
@Timeout(60)
class ClientAbortIT {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final String HOST = " HTTP/1.1\r\nHost: a.test\r\n";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;
  private static VertxPeers peers;

  private final BlockingQueue<Wire.Body> uploads = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> given = new LinkedBlockingQueue<>();

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    peers = new VertxPeers();
    gateway =
        TidegateProcess.start(
            """
            server: {host: 127.0.0.1, port: 0, limits: {body: 1GiB}}
            defaults:
              timeout: {total: 30s, attempt: 30s}
              retry: {attempts: 1}
            upstreams:
              origin:
                endpoints: ['%s']
                breaker: false
                pool: {connections: 1, waiting: 10, wait: 30s}
            routes:
              - {id: all, match: {path: /**}, upstream: origin}
            """
                .formatted(upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
    peers.close();
  }

  @BeforeEach
  void behave() {
    upstream.forget();
    upstream.behave(
        (request, connection) -> {
          if (request.target().startsWith("/ok")) {
            RawUpstream.OK.answer(request, connection);
          } else if (request.method().equals("POST")) {
            uploads.add(request.body());
            given.add(connection.closedWithin(LONG));
            connection.close();
          } else {
            if (request.target().startsWith("/streaming")) {
              connection.write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            }
            given.add(connection.closedWithin(LONG));
            connection.close();
          }
        });
  }

  @Test
  void givesUpACallThatWaitsForItsAnswer() throws Exception {
    leaves("/waiting-closed", client -> client.close());
    leaves("/waiting-reset", RawClient::reset);
    assertThat(gateway.awaitAccess("/waiting-closed").getString("client_left"))
        .isEqualTo("waiting");
    assertThat(gateway.awaitAccess("/waiting-reset").getInteger("status")).isEqualTo(499);
  }

  private void leaves(String path, Consumer<RawClient> how) throws Exception {
    RawClient client = RawClient.connect(gateway.port());
    client.send("GET " + path + HOST + "\r\n");
    upstream.awaitRequest(path);
    how.accept(client);
    assertGivenUp();
  }

  @Test
  void givesUpAnAnswerThatNobodyReads() throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      RawClient client = RawClient.connect(gateway.port());
      client.send("GET /streaming" + reset + HOST + "\r\n");
      assertThat(client.head().status()).isEqualTo(200);
      if (reset) {
        client.reset();
      } else {
        client.close();
      }
      assertGivenUp();
      assertThat(gateway.awaitAccess("/streaming" + reset).getString("client_left"))
          .isEqualTo("streaming");
    }
  }

  @Test
  void neverPassesOnAnUploadThatWasBrokenOffAsComplete() throws Exception {
    String[] heads = {
      "Content-Length: 100000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n186a0\r\n"
    };
    for (String head : heads) {
      for (Consumer<RawClient> how :
          java.util.List.<Consumer<RawClient>>of(
              RawClient::close, RawClient::reset, RawClient::halfClose)) {
        RawClient client = RawClient.connect(gateway.port());
        client.send("POST /sending" + HOST + head + "x".repeat(90_000));
        upstream.awaitRequest("/sending");
        how.accept(client);
        Wire.Body body = uploads.poll(5, TimeUnit.SECONDS);
        assertThat(body).as("the upstream saw the end of it").isNotNull();
        assertThat(body.complete()).isFalse();
        assertThat(given.poll(5, TimeUnit.SECONDS)).isTrue();
        assertFree();
        client.close();
      }
    }
    assertThat(gateway.awaitAccess("/sending").getString("client_left")).isEqualTo("sending");
  }

  @Test
  void neverSendsACallThatWasGivenUpInTheQueue() throws Exception {
    try (var first = RawClient.connect(gateway.port())) {
      first.send("GET /first" + HOST + "\r\n");
      upstream.awaitRequest("/first");
      RawClient queued = RawClient.connect(gateway.port());
      queued.send("GET /queued" + HOST + "\r\n");
      awaitWaiting(1);
      queued.reset();
      assertThat(gateway.awaitAccess("/queued").getString("client_left")).isEqualTo("queued");
      awaitWaiting(0);
    }
    assertGivenUp();
    assertThat(upstream.requests())
        .extracting(RawUpstream.Request::target)
        .containsExactly("/first", "/ok");
  }

  private static void awaitWaiting(int count) {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (gateway.metric("tidegate_pool_waiting", "origin") != count) {
      assertThat(System.nanoTime()).as("waiting").isLessThan(end);
    }
  }

  @Test
  void givesUpWhenAnHttp2ClientResetsItsStream() throws Exception {
    var client = peers.http2Client(1);
    HttpClientRequest waiting =
        VertxPeers.open(client, gateway.port(), HttpMethod.GET, "/waiting-h2");
    waiting.end();
    upstream.awaitRequest("/waiting-h2");
    waiting.reset(8);
    assertGivenUp();
    HttpClientRequest sending =
        VertxPeers.open(client, gateway.port(), HttpMethod.POST, "/sending-h2");
    sending.setChunked(true).write(Buffer.buffer("x".repeat(90_000)));
    upstream.awaitRequest("/sending-h2");
    sending.reset(8);
    assertThat(uploads.poll(5, TimeUnit.SECONDS).complete()).isFalse();
    assertGivenUp();
    assertThat(gateway.awaitAccess("/waiting-h2").getString("client_left")).isEqualTo("waiting");
  }

  private void assertGivenUp() throws InterruptedException {
    long before = System.nanoTime();
    assertThat(given.poll(5, TimeUnit.SECONDS)).as("the upstream saw the close").isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
    assertFree();
  }

  private static void assertFree() {
    String request = "GET /ok" + HOST + "\r\n";
    assertThat(RawClient.exchange(gateway.port(), request).status()).isEqualTo(200);
  }
}
