package io.tidegate.gateway.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SampleUpstreamTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static Vertx vertx;
  private static int port;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    var sample = new SampleUpstream(0);
    vertx.deployVerticle(sample).await(20, TimeUnit.SECONDS);
    port = sample.actualPort();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private static HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
        .timeout(PATIENCE);
  }

  private static HttpResponse<String> get(String target) throws Exception {
    return CLIENT.send(to(target).build(), BodyHandlers.ofString());
  }

  private static JsonObject json(String target) throws Exception {
    return new JsonObject(get(target).body());
  }

  private static Socket raw(String head) throws IOException {
    var socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void answersFastWithJsonAndCountsTheRequestsOfThePath() throws Exception {
    long first = json("/fast").getLong("request");
    var second = get("/fast");
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.headers().firstValue("content-type")).contains("application/json");
    assertThat(new JsonObject(second.body()))
        .isEqualTo(new JsonObject().put("sample", "fast").put("request", first + 1));
  }

  @Test
  void slowTakesAtLeastAsLongAsAsked() throws Exception {
    long start = System.nanoTime();
    assertThat(json("/slow?ms=120").getLong("ms")).isEqualTo(120);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(ms(119));
  }

  private static Duration ms(long ms) {
    return Duration.ofMillis(ms);
  }

  @Test
  void flakyCyclesThroughItsPatternForEachKeyByItself() throws Exception {
    assertThat(flaky("ffs", "a", 7)).containsExactly(503, 503, 200, 503, 503, 200, 503);
    assertThat(flaky("ffs", "b", 3)).containsExactly(503, 503, 200);
    assertThat(flaky("s", "a", 3)).containsExactly(200, 200, 200);
  }

  private static List<Integer> flaky(String pattern, String key, int times) {
    String target = "/flaky?pattern=" + pattern + "&key=" + key;
    return IntStream.range(0, times).mapToObj(i -> status(target)).toList();
  }

  private static int status(String target) {
    try {
      return get(target).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void flakyFailsAlwaysAtHundredAndNeverAtZeroPercent() {
    for (int i = 0; i < 20; i++) {
      assertThat(status("/flaky?fail=100")).isEqualTo(503);
      assertThat(status("/flaky?fail=0")).isEqualTo(200);
    }
  }

  @Test
  void downResetsTheConnection() throws Exception {
    try (var socket = raw("GET /down HTTP/1.1\r\nHost: x\r\n\r\n")) {
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void downClosesTheConnectionInOrderWhenAskedTo() throws Exception {
    try (var socket = raw("GET /down?mode=close HTTP/1.1\r\nHost: x\r\n\r\n")) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void downHangsWithoutAByte() throws Exception {
    try (var socket = raw("GET /down?mode=hang HTTP/1.1\r\nHost: x\r\n\r\n")) {
      socket.setSoTimeout(300);
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(java.net.SocketTimeoutException.class);
    }
  }

  @Test
  void downRefusesWith503WhenAskedTo() {
    assertThat(status("/down?mode=refuse503")).isEqualTo(503);
  }

  @Test
  void streamsPaddedLinesOneByOne() throws Exception {
    var answer = get("/stream?chunks=3&ms=1&bytes=20");
    assertThat(answer.headers().firstValue("transfer-encoding")).contains("chunked");
    assertThat(answer.body())
        .isEqualTo("chunk 1 of 3.......\nchunk 2 of 3.......\nchunk 3 of 3.......\n");
  }

  @Test
  void streamsManyChunksWithoutRest() throws Exception {
    assertThat(get("/stream?chunks=10000&ms=0").body().lines().count()).isEqualTo(10_000);
  }

  @Test
  void streamsTheFirstChunkBeforeTheSecondIsDue() throws Exception {
    try (var socket = raw("GET /stream?chunks=2&ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n")) {
      var seen = new StringBuilder();
      while (!seen.toString().contains("chunk 1 of 2\n")) {
        seen.append((char) socket.getInputStream().read());
      }
      assertThat(seen.toString()).startsWith("HTTP/1.1 200 OK\r\n");
    }
  }

  @Test
  void sendsServerSentEvents() throws Exception {
    var answer = get("/sse?events=2&ms=1");
    assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
    assertThat(answer.body())
        .isEqualTo(
            """
            id: 1
            event: tick
            data: {"event":1,"of":2}

            id: 2
            event: tick
            data: {"event":2,"of":2}

            """);
  }

  @Test
  void echoTellsMethodPathHeadersAndBodySize() throws Exception {
    var request = to("/echo?a=1").header("X-Seen", "yes").POST(BodyPublishers.ofString("hello"));
    var told = new JsonObject(CLIENT.send(request.build(), BodyHandlers.ofString()).body());
    assertThat(told.getString("method")).isEqualTo("POST");
    assertThat(told.getString("path")).isEqualTo("/echo");
    assertThat(told.getString("query")).isEqualTo("a=1");
    assertThat(told.getInteger("body-size")).isEqualTo(5);
    assertThat(told.getString("remote")).isEqualTo("127.0.0.1");
    assertThat(told.getJsonObject("headers").getString("X-Seen")).isEqualTo("yes");
  }

  @Test
  void echoReturnsTheBodyWhenAskedTo() throws Exception {
    byte[] body = new byte[3_000_000];
    new java.util.Random(7).nextBytes(body);
    var request = to("/echo?body=1").POST(BodyPublishers.ofByteArray(body)).build();
    assertThat(CLIENT.send(request, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
  }

  @Test
  void anUploadThatBreaksOffDoesNotComeBackComplete() throws Exception {
    String head =
        "POST /echo?body=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    try (var socket = raw(head)) {
      var seen = new StringBuilder();
      while (!seen.toString().contains("hello")) {
        seen.append((char) socket.getInputStream().read());
      }
      socket.shutdownOutput();
      assertThat(rest(socket)).doesNotContain("0\r\n\r\n");
    }
  }

  private static String rest(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    } catch (SocketException reset) {
      return "";
    }
  }

  @Test
  void statusAnswersWithTheCodeAndRetryAfter() throws Exception {
    var answer = get("/status?code=429&retry-after=2");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("retry-after")).contains("2");
    assertThat(get("/status?code=204").body()).isEmpty();
  }

  @Test
  void bytesSendsExactlyAsManyAsAsked() throws Exception {
    assertThat(get("/bytes?n=0").body()).isEmpty();
    var request = to("/bytes?n=5000001").build();
    assertThat(CLIENT.send(request, BodyHandlers.ofByteArray()).body()).hasSize(5_000_001);
  }

  @Test
  void headTellsTheLengthAndSendsNoBody() throws Exception {
    String head = "HEAD /bytes?n=77 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    try (var socket = raw(head)) {
      assertThat(rest(socket)).contains("content-length: 77").endsWith("\r\n\r\n");
    }
  }

  @Test
  void servesOthersWhileAClientDoesNotReadItsDownload() throws Exception {
    try (var idle = raw("GET /bytes?n=17179869184 HTTP/1.1\r\nHost: x\r\n\r\n")) {
      assertThat(idle.getInputStream().read()).isEqualTo('H');
      assertThat(status("/fast")).isEqualTo(200);
    }
  }

  @Test
  void headersShowsWhatArrived() throws Exception {
    var request = to("/headers").header("X-Two", "a").header("X-Two", "b").build();
    var told = new JsonObject(CLIENT.send(request, BodyHandlers.ofString()).body());
    assertThat(told.getJsonArray("X-Two")).containsExactly("a", "b");
  }

  @Test
  void healthCanBeSwitched() throws Exception {
    assertThat(status("/healthz")).isEqualTo(200);
    var none = BodyPublishers.noBody();
    CLIENT.send(to("/healthz?up=false").POST(none).build(), BodyHandlers.discarding());
    assertThat(status("/healthz")).isEqualTo(503);
    CLIENT.send(to("/healthz?up=true").POST(none).build(), BodyHandlers.discarding());
    assertThat(status("/healthz")).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/slow?ms=60001",
        "/slow?ms=-1",
        "/slow?ms=soon",
        "/flaky?fail=101",
        "/flaky?pattern=fx",
        "/flaky?pattern=f&key=%20",
        "/down?mode=sideways",
        "/stream?chunks=10001",
        "/stream?bytes=1048577",
        "/sse?events=0",
        "/status?code=100",
        "/status?retry-after=never",
        "/bytes?n=99999999999999",
        "/echo?body=perhaps",
      })
  void refusesWhatIsOutOfBounds(String target) throws Exception {
    var answer = get(target);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(answer.body()).getString("error")).contains("(expected: ");
  }

  @Test
  void knowsNoOtherPath() throws Exception {
    assertThat(get("/nowhere").statusCode()).isEqualTo(404);
    assertThat(json("/").getJsonArray("paths")).contains("/fast", "/ws");
  }

  @Test
  void listensWhereItsFileExpectsIt() throws Exception {
    try (var free = new java.net.ServerSocket(0)) {
      int expected = free.getLocalPort();
      free.close();
      var sample = SampleUpstream.of(OneRoute.to("demo", "http://127.0.0.1:" + expected));
      var id = vertx.deployVerticle(sample).await(20, TimeUnit.SECONDS);
      assertThat(sample.actualPort()).isEqualTo(expected);
      vertx.undeploy(id).await(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void echoesWebSocketMessages() throws Exception {
    var heard = new Listener();
    var socket = heard.connect("/ws");
    socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
    assertThat(heard.next()).isEqualTo("text hello");
    socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2}), true).get(20, TimeUnit.SECONDS);
    assertThat(heard.next()).isEqualTo("binary 2");
    socket.sendClose(4321, "done").get(20, TimeUnit.SECONDS);
    assertThat(heard.next()).isEqualTo("close 4321");
  }

  @Test
  void closesAWebSocketWithTheCodeThatWasAskedFor() throws Exception {
    var heard = new Listener();
    heard.connect("/ws?close=4001").sendText("now", true);
    assertThat(heard.next()).isEqualTo("close 4001");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws?close=1005", "/ws?close=x", "/elsewhere"})
  void refusesOtherWebSockets(String target) {
    assertThatThrownBy(() -> new Listener().connect(target))
        .hasCauseInstanceOf(java.net.http.WebSocketHandshakeException.class);
  }

  private static final class Listener implements WebSocket.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    WebSocket connect(String target) throws Exception {
      var uri = URI.create("ws://127.0.0.1:" + port + target);
      return CLIENT.newWebSocketBuilder().buildAsync(uri, this).get(20, TimeUnit.SECONDS);
    }

    String next() throws InterruptedException {
      return heard.poll(20, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      heard.add("text " + data);
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      heard.add("binary " + data.remaining());
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("close " + code);
      return null;
    }
  }
}
