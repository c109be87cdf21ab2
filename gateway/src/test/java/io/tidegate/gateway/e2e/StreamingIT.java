package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies flow: far larger than the heap, no faster than they are read, and without delay. */
@Timeout(180)
class StreamingIT {
  private static final long LARGE = Long.getLong("tidegate.e2e.large", 2L << 30);
  private static final byte[] BLOCK = block();
  private static final String HOST = " HTTP/1.1\r\nHost: a.test\r\n";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            server: {host: 127.0.0.1, port: 0, limits: {body: 4GiB}}
            upstreams:
              origin: {endpoints: ['%s']}
            routes:
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

  private static byte[] block() {
    var block = new byte[256 * 1024];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) (i * 31 + (i >> 8));
    }
    return block;
  }

  @Test
  void passesADownloadFarLargerThanTheHeap() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
          for (long sent = 0; sent < LARGE; sent += BLOCK.length) {
            connection.write(BLOCK);
          }
        });
    RawClient.Response response = RawClient.exchange(gateway.port(), "GET /down" + HOST + "\r\n");
    assertThat(response.body().complete()).isTrue();
    assertThat(response.body().length()).isEqualTo(LARGE);
    assertThat(response.body().bytes()).startsWith(BLOCK);
  }

  @Test
  void passesAnUploadFarLargerThanTheHeap() throws IOException {
    upstream.behave(RawUpstream.OK);
    try (var client = RawClient.connect(gateway.port())) {
      client.send("POST /up" + HOST + "Content-Length: " + LARGE + "\r\n\r\n");
      for (long sent = 0; sent < LARGE; sent += BLOCK.length) {
        client.send(BLOCK);
      }
      assertThat(client.response().status()).isEqualTo(200);
    }
    Wire.Body body = upstream.requests().get(0).body();
    assertThat(body.length()).isEqualTo(LARGE);
    assertThat(body.bytes()).startsWith(BLOCK);
  }

  @Test
  void takesNoMoreFromTheUpstreamThanTheClientReads() throws Exception {
    var sent = new AtomicLong();
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + (1L << 30) + "\r\n\r\n");
          while (sent.addAndGet(BLOCK.length) <= 1L << 30) {
            connection.write(BLOCK);
          }
        });
    try (var client = RawClient.connect(gateway.port(), 64 * 1024)) {
      client.send("GET /slow" + HOST + "\r\n");
      client.head();
      assertThat(settled(sent)).isLessThan(64L << 20);
      assertThat(
              RawClient.exchange(gateway.adminPort(), "GET /health/live" + HOST + "\r\n").status())
          .isEqualTo(200);
    }
  }

  /** The value of {@code counter} once it has not moved for half a second. */
  private static long settled(AtomicLong counter) throws InterruptedException {
    long last = -1;
    while (counter.get() != last) {
      last = counter.get();
      new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
    }
    return last;
  }

  @Test
  void takesNoMoreFromTheClientThanTheUpstreamReads() throws Exception {
    var done = new CountDownLatch(1);
    upstream.behave(
        (request, connection) -> {
          try {
            done.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          connection.close();
        });
    var sent = new AtomicLong();
    try (var client = RawClient.connect(gateway.port())) {
      client.send("POST /slow" + HOST + "Content-Length: " + (1L << 30) + "\r\n\r\n");
      CompletableFuture.runAsync(
          () -> {
            while (sent.get() < 1L << 30) {
              client.send(BLOCK);
              sent.addAndGet(BLOCK.length);
            }
          },
          Threads::run);
      assertThat(settled(sent)).isLessThan(64L << 20);
    } finally {
      done.countDown();
    }
  }

  @Test
  void passesEachEventOnAsItComes() {
    var seen = new CountDownLatch(1);
    upstream.behave(
        (request, connection) -> {
          connection.write(
              "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n");
          connection.write("d\r\ndata: first\n\n\r\n");
          try {
            if (seen.await(10, TimeUnit.SECONDS)) {
              connection.write("e\r\ndata: second\n\n\r\n0\r\n\r\n");
            }
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /events" + HOST + "Accept: text/event-stream\r\n\r\n");
      RawClient.Response head = client.head();
      assertThat(head.header("content-type")).contains("text/event-stream");
      client.line();
      assertThat(client.line()).isEqualTo("data: first");
      seen.countDown();
      client.line();
      client.line();
      client.line();
      assertThat(client.line()).isEqualTo("data: second");
    }
  }

  @Test
  void passesTheHeadOnBeforeThereIsABody() {
    var seen = new CountDownLatch(1);
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          try {
            connection.write(seen.await(10, TimeUnit.SECONDS) ? "2\r\nok\r\n0\r\n\r\n" : "x");
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send("GET /head-first" + HOST + "\r\n");
      assertThat(client.head().status()).isEqualTo(200);
      seen.countDown();
      assertThat(client.line()).isEqualTo("2");
      assertThat(client.line()).isEqualTo("ok");
    }
  }

  @Test
  void answersWhileTheRequestIsStillComing() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
          request.body();
          connection.write("3\r\nbye\r\n0\r\n\r\n");
        });
    try (var client = RawClient.connect(gateway.port())) {
      client.send("POST /both" + HOST + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n");
      assertThat(client.head().status()).isEqualTo(200);
      assertThat(client.line()).isEqualTo("2");
      assertThat(client.line()).isEqualTo("hi");
      client.send("0\r\n\r\n");
      assertThat(client.line()).isEqualTo("3");
    }
  }
}
