package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DrainIT {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String REQUEST = "GET %s HTTP/1.1\r\nHost: a.test\r\n\r\n";

  private static VertxPeers peers;
  private static RawUpstream upstream;
  private static HttpServer sockets;

  private final CountDownLatch release = new CountDownLatch(1);

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
  void behave() {
    upstream.forget();
    upstream.behave(
        (request, connection) -> {
          try {
            if (request.target().equals("/slow") && !release.await(30, TimeUnit.SECONDS)) {
              throw new IOException("never released");
            }
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          RawUpstream.OK.answer(request, connection);
        });
  }

  private static TidegateProcess start(String drain) {
    return TidegateProcess.start(
        """
        server: {host: 127.0.0.1, port: 0, %s}
        upstreams:
          origin: {endpoints: ['%s']}
          sockets: {endpoints: ['http://127.0.0.1:%d']}
        routes:
          - {id: sockets, match: {path: /ws}, upstream: sockets}
          - {id: all, match: {path: /**}, upstream: origin}
        """
            .formatted(drain, upstream.url(), sockets.actualPort()));
  }

  @Test
  void finishesWhatIsInFlightAndTakesNothingNew() {
    try (TidegateProcess gateway = start("drain: 20s");
        var idle = RawClient.connect(gateway.port());
        var busy = RawClient.connect(gateway.port())) {
      idle.send(REQUEST.formatted("/idle"));
      assertThat(idle.response().status()).isEqualTo(200);
      upstream.forget();
      busy.send(REQUEST.formatted("/slow"));
      upstream.awaitRequest("/slow");
      gateway.sigterm();
      awaitNotReady(gateway);
      assertThat(idle.closedWithin(SOON)).as("idle connections are closed at once").isTrue();
      release.countDown();
      RawClient.Response last = busy.response();
      assertThat(last.text()).isEqualTo("ok");
      assertThat(last.header("connection")).contains("close");
      assertThat(gateway.exitCode(SOON)).isIn(0, 143);
    }
  }

  private static void awaitNotReady(TidegateProcess gateway) {
    long end = System.nanoTime() + SOON.toNanos();
    while (gateway.admin("GET", "/health/ready").status() != 503) {
      assertThat(System.nanoTime()).as("not ready").isLessThan(end);
    }
  }

  @Test
  void goesOnAcceptingForTheDelayAfterReadinessHasTurned() {
    try (TidegateProcess gateway = start("drain-delay: 2s, drain: 5s")) {
      gateway.sigterm();
      awaitNotReady(gateway);
      RawClient.Response late = RawClient.exchange(gateway.port(), REQUEST.formatted("/late"));
      assertThat(late.status()).isEqualTo(200);
      assertThat(late.header("connection")).contains("close");
      assertThat(gateway.exitCode(Duration.ofSeconds(8))).isIn(0, 143);
    }
  }

  @Test
  void endsInTimeWhateverIsInFlight() {
    try (TidegateProcess gateway = start("drain: 1s");
        var busy = RawClient.connect(gateway.port())) {
      busy.send(REQUEST.formatted("/slow"));
      upstream.awaitRequest("/slow");
      gateway.sigterm();
      assertThat(gateway.exitCode(SOON)).isIn(0, 143);
      assertThat(busy.closedWithin(SOON)).isTrue();
    }
    release.countDown();
  }

  @Test
  void tellsWebSocketsThatItGoesAway() throws Exception {
    try (TidegateProcess gateway = start("drain: 2s")) {
      var code = new LinkedBlockingQueue<Integer>();
      WebSocket socket = peers.webSocket(gateway.port(), "/ws");
      socket.closeHandler(
          closed ->
              code.add(socket.closeStatusCode() == null ? -1 : (int) socket.closeStatusCode()));
      gateway.sigterm();
      assertThat(code.poll(8, TimeUnit.SECONDS)).isEqualTo(1001);
      assertThat(gateway.exitCode(SOON)).isIn(0, 143);
    }
  }

  @Test
  void drainsWhenTheOperatorAsks() {
    try (TidegateProcess gateway = start("drain-delay: 1s, drain: 1s")) {
      assertThat(gateway.admin("POST", "/drain").status()).isEqualTo(202);
      awaitNotReady(gateway);
      assertThat(gateway.exitCode(SOON)).isZero();
    }
  }

  @Test
  void losesNoRequestInARollingRestart() {
    var done = new AtomicBoolean();
    var served = new AtomicInteger();
    try (var balancer = new TcpBalancer()) {
      List<CompletableFuture<Void>> load = new ArrayList<>();
      TidegateProcess first = start("drain-delay: 1s, drain: 10s");
      TidegateProcess second = start("drain-delay: 1s, drain: 10s");
      try {
        balancer.add(first);
        balancer.add(second);
        IntStream.range(0, 4)
            .mapToObj(
                i -> CompletableFuture.runAsync(() -> ask(balancer, done, served), Threads::run))
            .forEach(load::add);
        first = replace(balancer, first);
        second = replace(balancer, second);
        done.set(true);
        load.forEach(CompletableFuture::join);
      } finally {
        done.set(true);
        first.close();
        second.close();
      }
    }
    assertThat(served.get()).isGreaterThan(100);
  }

  private static TidegateProcess replace(TcpBalancer balancer, TidegateProcess old) {
    TidegateProcess next = start("drain-delay: 1s, drain: 10s");
    balancer.add(next);
    old.sigterm();
    assertThat(old.exitCode(Duration.ofSeconds(20))).isIn(0, 143);
    old.close();
    return next;
  }

  private static void ask(TcpBalancer balancer, AtomicBoolean done, AtomicInteger served) {
    while (!done.get()) {
      RawClient.Response response =
          RawClient.exchange(
              balancer.port(),
              "POST /load HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
      assertThat(response.status()).isEqualTo(200);
      served.incrementAndGet();
    }
  }
}
