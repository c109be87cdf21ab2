package io.tidegate.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FairnessTest {
  private static final String SCARCE = "pool: {connections: 4, waiting: 16, wait: 5s}";

  private final CountDownLatch release = new CountDownLatch(1);
  private final List<RawClient> clients = new ArrayList<>();
  private RawUpstream upstream;
  private RawGateway gateway;

  @BeforeEach
  void start() throws Exception {
    upstream = new RawUpstream(this::serve);
    gateway = RawGateway.before(upstream.port(), SCARCE);
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    for (RawClient client : clients) {
      client.close();
    }
    gateway.close();
    upstream.close();
  }

  private void serve(String request, Socket socket) throws IOException {
    if (request.startsWith("GET /endless")) {
      OutputStream out = socket.getOutputStream();
      RawUpstream.writes("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
          .to(request, socket);
      byte[] much = new byte[1 << 16];
      while (true) {
        out.write(much);
      }
    }
    if (request.startsWith("GET /slow")) {
      try {
        release.await(20, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    RawUpstream.ok("fine").to(request, socket);
  }

  private RawClient neverReading() throws IOException {
    var client = new RawClient(gateway);
    clients.add(client);
    return client.get("/endless");
  }

  private void waitForRequests(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      upstream.request();
    }
  }

  @Test
  void downloadsThatAreNotReadLeaveTheirPlacesToOthers() throws Exception {
    for (int i = 0; i < 4; i++) {
      neverReading();
    }
    waitForRequests(4);

    for (int i = 0; i < 10; i++) {
      assertThat(RawClient.ask(gateway, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).endsWith("fine");
    }
  }

  @Test
  void aDownloadThatWasNotReadForAWhileGoesOnWhereItStood() throws Exception {
    for (int i = 0; i < 4; i++) {
      neverReading();
    }
    waitForRequests(4);
    assertThat(RawClient.ask(gateway, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).endsWith("fine");

    byte[] bytes = clients.get(0).socket().getInputStream().readNBytes(32 << 20);
    assertThat(bytes).hasSize(32 << 20);
  }

  @Test
  void theDownloadThatStoodLongestEndsWhenTooManyStand() throws Exception {
    for (int i = 0; i < 12; i++) {
      neverReading();
    }
    // Twelve cannot all be held: four have places, four more are parked.
    waitForRequests(12);

    assertThat(RawClient.ask(gateway, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).endsWith("fine");
    assertThat(clients.get(0).rest()).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void theStreamsOfOneConnectionDoNotKeepOthersWaitingBehindThem() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      HttpClientAgent agent =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      HttpClientConnection connection =
          await(
              agent.connect(new HttpConnectOptions().setHost("127.0.0.1").setPort(gateway.port())));
      var answers = new ArrayList<Future<HttpClientResponse>>();
      for (int i = 0; i < 12; i++) {
        answers.add(
            connection
                .request(new RequestOptions().setMethod(HttpMethod.GET).setURI("/slow"))
                .compose(HttpClientRequest::send));
      }
      waitForRequests(4);

      var other = new RawClient(gateway);
      clients.add(other);
      other.get("/");
      while (gateway.upstream().slots().waiting() < 9) {
        Thread.onSpinWait();
      }
      release.countDown();
      // Four places come free at once: the other is in the first of them, not behind eight.
      var next = new ArrayList<String>();
      for (int i = 0; i < 4; i++) {
        next.add(upstream.request());
      }
      assertThat(next).anyMatch(request -> request.startsWith("GET / "));
      assertThat(other.answer()).endsWith("fine");
      assertThat(await(Future.join(answers)).succeeded()).isTrue();
    } finally {
      await(vertx.close());
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
