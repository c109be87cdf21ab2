package io.tidegate.gateway.e2e;

import static io.tidegate.gateway.e2e.CacheClient.counting;
import static io.tidegate.gateway.e2e.CacheClient.get;
import static io.tidegate.gateway.e2e.CacheClient.request;
import static io.tidegate.gateway.e2e.VertxPeers.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many who ask for the same at once are one call to the upstream. */
@Timeout(90)
class CacheCoalescingIT {
  private static final int MANY = 1_000;
  private static final String HEAD = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  private final List<RawClient> clients = new ArrayList<>();
  private final CountDownLatch go = new CountDownLatch(1);

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            defaults: {retry: false}
            upstreams:
              origin:
                endpoints: ['%1$s']
                breaker: false
                outlier: false
                concurrency: {limit: 2000}
                pool: {connections: 2000}
            routes:
              - {id: all, match: {path: /**}, upstream: origin, cache: {}}
              - {id: alone, match: {path: /alone/**}, upstream: origin, cache: {coalesce: false}}
            """
                .formatted(upstream.url()));
    for (int i = 0; i < 20; i++) {
      get(gateway, "/warm-" + i); // What follows is timed by the upstream's patience.
    }
    upstream.forget();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @AfterEach
  void leave() {
    go.countDown();
    clients.forEach(RawClient::close);
    upstream.forget();
  }

  /** So many clients, the first of which has reached the upstream before the others ask. */
  private void ask(int many, String path) {
    for (int i = 0; i < many; i++) {
      clients.add(RawClient.connect(gateway.port()).send(request("GET", path)));
      if (i == 0) {
        upstream.awaitRequest(path);
      }
    }
  }

  private void awaitGo() {
    try {
      assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitWaiting(int requests) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (gateway.metric("tidegate_requests_in_flight", "route=\"all\"") < requests) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  @Test
  void aThousandMissesAreOneCall() {
    upstream.behave(
        (request, connection) -> {
          awaitGo();
          connection.write(HEAD + "Content-Length: 4\r\n\r\nonce");
        });
    try (var peers = new VertxPeers()) {
      var http = peers.http2Client(10);
      var many = options(gateway.port(), HttpMethod.GET, "/many", Map.of());
      List<Future<VertxPeers.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        answers.add(VertxPeers.exchange(http, many, null));
        if (i == 0) {
          upstream.awaitRequest("/many");
        }
      }
      awaitWaiting(MANY / 10);
      go.countDown();

      for (Future<VertxPeers.Answer> answer : answers) {
        assertThat(VertxPeers.await(answer).body()).isEqualTo("once");
      }
    }
    assertThat(upstream.requests()).hasSize(1);
    assertThat(gateway.metric("tidegate_cache_coalesced_total", "route=\"all\"")).isPositive();
  }

  @Test
  void theCallGoesOnForOthersWhenItsFirstClientLeaves() {
    upstream.behave(
        (request, connection) -> {
          awaitGo();
          connection.write(HEAD + "Content-Length: 4\r\n\r\nonce");
        });
    ask(20, "/left");
    awaitWaiting(20);
    clients.remove(0).reset();
    gateway.awaitEvent(e -> "/left".equals(e.getString("path")) && e.getInteger("status") == 499);
    go.countDown();

    for (RawClient client : clients) {
      assertThat(client.response().text()).isEqualTo("once");
    }
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void theCallEndsWhenItsOnlyClientLeaves() {
    var closed = new CountDownLatch(1);
    upstream.behave(
        (request, connection) -> {
          if (connection.closedWithin(Duration.ofSeconds(20))) {
            closed.countDown();
          }
        });
    ask(1, "/alone-left");
    clients.remove(0).reset();

    assertThat(await(closed)).isTrue();
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void thoseWhoWaitGetBytesAsTheyCome() {
    upstream.behave(
        (request, connection) -> {
          connection.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
          awaitGo();
          connection.write("4\r\nlast\r\n0\r\n\r\n");
        });
    ask(1, "/flows");
    assertThat(clients.get(0).head().status()).isEqualTo(200);
    clients.add(RawClient.connect(gateway.port()).send(request("GET", "/flows")));

    for (RawClient client : clients) {
      if (client != clients.get(0)) {
        assertThat(client.head().status()).isEqualTo(200);
      }
      assertThat(client.line()).isEqualTo("5");
      assertThat(client.line()).isEqualTo("first");
    }
    go.countDown();
    for (RawClient client : clients) {
      assertThat(client.line()).isEqualTo("4");
      assertThat(client.line()).isEqualTo("last");
    }
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void aBodyGoesOnForOthersWhenItsFirstReaderLeaves() {
    upstream.behave(
        (request, connection) -> {
          connection.write(HEAD + "Content-Length: 9\r\n\r\nfirst");
          awaitGo();
          connection.write("last");
        });
    ask(1, "/reader");
    clients.get(0).head();
    clients.add(RawClient.connect(gateway.port()).send(request("GET", "/reader")));
    clients.get(1).head();
    clients.remove(0).reset();
    gateway.awaitEvent(e -> "/reader".equals(e.getString("path")) && e.containsKey("client_left"));
    go.countDown();

    assertThat(get(gateway, "/reader").text()).isEqualTo("firstlast");
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void aCutIsACutForAllAndKeptForNobody() {
    upstream.behave(
        (request, connection) -> {
          awaitGo();
          connection.write(HEAD + "Content-Length: 90\r\n\r\nhalf");
          connection.close();
        });
    ask(5, "/cut");
    awaitWaiting(5);
    go.countDown();

    for (RawClient client : clients) {
      var answer = client.responseIfAny("GET");
      assertThat(
              answer.isEmpty() || answer.get().status() == 502 || !answer.get().body().complete())
          .isTrue();
    }
    upstream.behave(counting("Cache-Control: max-age=60"));
    assertThat(get(gateway, "/cut").text()).isEqualTo("answer 1");
  }

  @Test
  void oneFailureIsToldToAllWhoWaited() {
    upstream.behave(
        (request, connection) -> {
          awaitGo();
          connection.write("rubbish\r\n\r\n");
          connection.close();
        });
    ask(50, "/fails");
    awaitWaiting(50);
    go.countDown();

    for (RawClient client : clients) {
      assertThat(client.response().status()).isEqualTo(502);
    }
    assertThat(upstream.requests()).hasSize(1);
  }

  @Test
  void whatIsForOneOnlyIsFetchedForEachAtOnce() {
    var arrived = new CountDownLatch(20);
    upstream.behave(
        (request, connection) -> {
          arrived.countDown();
          awaitGo();
          connection.write(
              "HTTP/1.1 200 OK\r\nCache-Control: private\r\nContent-Length: 4\r\n\r\nmine");
        });
    ask(20, "/private");
    awaitWaiting(20);
    go.countDown();

    for (RawClient client : clients) {
      assertThat(client.response().text()).isEqualTo("mine");
    }
    assertThat(upstream.requests()).hasSize(20);
  }

  @Test
  void aRouteMayAskForEachOne() {
    var arrived = new CountDownLatch(5);
    upstream.behave(
        (request, connection) -> {
          arrived.countDown();
          awaitGo();
          connection.write(HEAD + "Content-Length: 4\r\n\r\nonce");
        });
    ask(5, "/alone/a");

    assertThat(await(arrived)).isTrue();
  }
}
