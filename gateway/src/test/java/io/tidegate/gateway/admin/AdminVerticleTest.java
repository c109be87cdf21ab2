package io.tidegate.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tidegate.gateway.admin.Operations.BreakerOrder;
import io.tidegate.gateway.admin.Operations.Readiness;
import io.tidegate.gateway.admin.Operations.Reload;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.junit5.VertxExtension;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
@Timeout(20)
class AdminVerticleTest {
  private static final String[] READS = {
    "/metrics", "/routes", "/upstreams", "/config", "/events", "/snapshot"
  };
  private static final String[] WRITES = {
    "/reload", "/drain", "/explain", "/upstreams/orders/breaker"
  };

  private final List<Audit.Entry> audit = new CopyOnWriteArrayList<>();
  private final ScriptedOperations gateway = new ScriptedOperations();
  private Vertx vertx;
  private WebClient client;
  private int port;

  @BeforeEach
  void open(Vertx injected) throws Exception {
    vertx = injected;
    client = WebClient.create(vertx);
    deploy(Optional.empty());
  }

  @Test
  void isLiveAndReadyWithoutBeingAskedWho() throws Exception {
    deploy(Optional.of("secret"));
    assertThat(get("/health/live").bodyAsJsonObject().getString("status")).isEqualTo("live");
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    assertThat(send(request(HttpMethod.GET, "/health/live").virtualHost("10.1.2.3")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void isNotReadyForTheReasonsGiven() throws Exception {
    gateway.readiness = Readiness.not("draining");
    HttpResponse<Buffer> answer = get("/health/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.bodyAsJsonObject())
        .isEqualTo(
            new JsonObject()
                .put("status", "not ready")
                .put("reasons", new JsonArray().add("draining")));
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void handsOutTheMetersInTheFormAskedFor() throws Exception {
    HttpResponse<Buffer> answer =
        send(request(HttpMethod.GET, "/metrics").putHeader("Accept", "application/openmetrics"));
    assertThat(answer.bodyAsString()).isEqualTo("up 1");
    assertThat(answer.getHeader("Content-Type")).isEqualTo("text/plain");
    assertThat(gateway.asked).containsExactly("metrics application/openmetrics");
  }

  @Test
  void tellsWhatIsThereAsJson() throws Exception {
    JsonArray orders = new JsonArray().add(new JsonObject().put("id", "orders"));
    assertThat(get("/routes").bodyAsJsonObject().getJsonArray("routes")).isEqualTo(orders);
    assertThat(get("/upstreams").bodyAsJsonObject().getJsonArray("upstreams")).isEqualTo(orders);
    assertThat(get("/events").bodyAsJsonObject().getJsonArray("events")).isEqualTo(orders);
    assertThat(get("/config").bodyAsJsonObject().getString("version")).isEqualTo("v1");
    HttpResponse<Buffer> snapshot = get("/snapshot");
    assertThat(snapshot.bodyAsJsonObject().getInteger("requests")).isEqualTo(7);
    assertThat(snapshot.getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(snapshot.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void answersHeadLikeGetWithoutABody() throws Exception {
    HttpResponse<Buffer> answer = send(request(HttpMethod.HEAD, "/routes"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isNull();
  }

  @Test
  void reloads() throws Exception {
    HttpResponse<Buffer> answer = post("/reload");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.bodyAsJsonObject().getString("version")).isEqualTo("v2");
    assertThat(answer.bodyAsJsonObject().getJsonArray("restart")).containsExactly("server.port");
  }

  @Test
  void tellsAllErrorsOfAFileThatWasNotTaken() throws Exception {
    gateway.reload = new Reload("v1", List.of("3:5 routes[0].path: missing"), List.of());
    HttpResponse<Buffer> answer = post("/reload");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.bodyAsJsonObject().getJsonArray("errors"))
        .containsExactly("3:5 routes[0].path: missing");
    assertThat(answer.bodyAsJsonObject().getString("version")).isEqualTo("v1");
  }

  @ParameterizedTest
  @CsvSource({"isolated, ISOLATE", "closed, CLOSE"})
  void ordersABreakerByBodyOrQuery(String state, BreakerOrder order) throws Exception {
    HttpResponse<Buffer> answer =
        post("/upstreams/orders/breaker", new JsonObject().put("state", state).toBuffer());
    assertThat(answer.bodyAsJsonObject())
        .isEqualTo(new JsonObject().put("upstream", "orders").put("state", state));
    assertThat(post("/upstreams/orders/breaker?state=" + state).statusCode()).isEqualTo(200);
    assertThat(gateway.asked).containsExactly("breaker orders " + order, "breaker orders " + order);
  }

  @Test
  void refusesOrdersThatMakeNoSense() throws Exception {
    assertThat(post("/upstreams/orders/breaker").statusCode()).isEqualTo(400);
    assertThat(post("/upstreams/orders/breaker?state=ajar").statusCode()).isEqualTo(400);
    for (String body : List.of("{\"state\":7}", "{\"state\"", "[]", "null")) {
      assertThat(post("/upstreams/orders/breaker", Buffer.buffer(body)).statusCode())
          .as(body)
          .isEqualTo(400);
    }
    assertThat(post("/upstreams/nobody/breaker?state=closed").statusCode()).isEqualTo(404);
    assertThat(gateway.asked).containsExactly("breaker nobody CLOSE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'url':'http://a/b'} | URL http://a/b false | url",
        "{'prefix':'http://a/','soft':true} | PREFIX http://a/ true | prefix soft",
        "{'tag':'news'} | TAG news false | tag",
        "{'all':true} | ALL  false | all",
      })
  void letsTheCacheForget(String order, String asked, String noted) throws Exception {
    HttpResponse<Buffer> answer =
        post("/cache/purge", Buffer.buffer(order.strip().replace('\'', '"')));
    assertThat(answer.bodyAsJsonObject().getLong("purged")).isEqualTo(3);
    assertThat(gateway.asked).containsExactly("purge " + asked.strip());
    assertThat(audit.get(0).detail()).isEqualTo(noted.strip());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "null",
        "{\"soft\":true}",
        "{\"url\":7}",
        "{\"url\":\"\"}",
        "{\"url\":\"http://a/\",\"tag\":\"b\"}",
        "{\"all\":\"yes\"}",
        "{\"uri\":\"http://a/\",\"all\":true}"
      })
  void refusesToForgetWhatIsNotSaidClearly(String order) throws Exception {
    assertThat(post("/cache/purge", Buffer.buffer(order)).statusCode()).isEqualTo(400);
    assertThat(gateway.asked).isEmpty();
  }

  @Test
  void tellsWhatTheCacheHolds() throws Exception {
    assertThat(get("/cache").bodyAsJsonObject().getJsonObject("memory").getInteger("bytes"))
        .isEqualTo(9);
  }

  @Test
  void drains() throws Exception {
    assertThat(post("/drain").statusCode()).isEqualTo(202);
    assertThat(gateway.asked).containsExactly("drain");
  }

  @Test
  void explainsARequest() throws Exception {
    JsonObject question =
        new JsonObject()
            .put("method", "PUT")
            .put("url", "/orders/1?a=b")
            .put(
                "headers",
                new JsonObject()
                    .put("X-Beta", "1")
                    .put("Accept", new JsonArray(List.of("a", "b"))));
    HttpResponse<Buffer> answer = post("/explain", question.toBuffer());
    assertThat(answer.bodyAsJsonObject().getString("route")).isEqualTo("orders");
    assertThat(gateway.asked)
        .containsExactly("explain PUT /orders/1?a=b [X-Beta=1, Accept=a, Accept=b]");
    assertThat(audit).as("changes nothing").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{}", "[1]", "{\"url\":7}", "{\"url\":\"/\",\"headers\":1}", "{", "7"})
  void refusesQuestionsThatMakeNoSense(String body) throws Exception {
    HttpResponse<Buffer> answer = post("/explain", Buffer.buffer(body));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void passesOnWhyAQuestionMakesNoSense() throws Exception {
    gateway.explanation = Future.failedFuture(new IllegalArgumentException("url: not a path"));
    HttpResponse<Buffer> answer = post("/explain", Buffer.buffer("{\"url\":\"::\"}"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.bodyAsJsonObject().getString("detail")).isEqualTo("url: not a path");
  }

  @Test
  void keepsTheDetailsOfItsMistakesToItself() throws Exception {
    gateway.explanation = Future.failedFuture(new IllegalStateException("password=hunter2"));
    HttpResponse<Buffer> answer = post("/explain", Buffer.buffer("{\"url\":\"/\"}"));
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.bodyAsString()).doesNotContain("hunter2");
    gateway.readiness = null; // makes the verticle's own code throw
    assertThat(get("/health/ready").statusCode()).isEqualTo(500);
  }

  @Test
  void namesTheMethodsThatAreAllowed() throws Exception {
    for (String path : READS) {
      HttpResponse<Buffer> answer = post(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(405);
      assertThat(answer.getHeader("Allow")).isEqualTo("GET, HEAD");
    }
    for (String path : WRITES) {
      HttpResponse<Buffer> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(405);
      assertThat(answer.getHeader("Allow")).isEqualTo("POST");
    }
    assertThat(post("/health/live").statusCode()).isEqualTo(405);
    assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
    assertThat(gateway.asked).isEmpty();
  }

  @Test
  void refusesBodiesThatAreTooLong() throws Exception {
    HttpResponse<Buffer> answer = post("/explain", Buffer.buffer(new byte[64 * 1024 + 1]));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.bodyAsJsonObject().getInteger("status")).isEqualTo(413);
  }

  @Test
  void asksForTheTokenEverywhereButHealth() throws Exception {
    deploy(Optional.of("secret"));
    for (String path : READS) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(401);
    }
    for (String path : WRITES) {
      assertThat(post(path).statusCode()).as(path).isEqualTo(401);
    }
    assertThat(get("/elsewhere").statusCode()).isEqualTo(401);
    assertThat(get("//routes").statusCode()).isEqualTo(401);
    assertThat(get("/health/live/../../routes").statusCode()).isEqualTo(401);
    assertThat(gateway.asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer wrong",
        "Bearer ",
        "Bearer secret2",
        "Bearer secre",
        "Basic c2VjcmV0",
        "secret"
      })
  void refusesAWrongToken(String authorization) throws Exception {
    deploy(Optional.of("secret"));
    HttpResponse<Buffer> answer =
        send(request(HttpMethod.GET, "/routes").putHeader("Authorization", authorization));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.getHeader("WWW-Authenticate")).startsWith("Bearer realm=\"tidegate\"");
  }

  @Test
  void letsInWhoShowsTheTokenUnderWhateverName() throws Exception {
    deploy(Optional.of("secret"));
    for (String authorization : List.of("Bearer secret", "bearer  secret")) {
      HttpRequest<Buffer> request =
          request(HttpMethod.GET, "/routes")
              .virtualHost("gateway.example")
              .putHeader("Authorization", authorization);
      assertThat(send(request).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void doesNotOpenToOthersWithoutAToken() {
    for (String host : List.of("0.0.0.0", "10.0.0.1", "gateway.example", "::")) {
      AdminOptions open = new AdminOptions(host, 0, Optional.empty());
      assertThatThrownBy(() -> new AdminVerticle(open, gateway))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("admin.token");
    }
    for (String host : List.of("127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost")) {
      assertThat(Guard.isLoopback(host)).as(host).isTrue();
    }
  }

  @Test
  void refusesANameThatWasMadeToPointHere() throws Exception {
    HttpResponse<Buffer> answer =
        send(request(HttpMethod.GET, "/config").virtualHost("evil.example"));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(
            send(request(HttpMethod.GET, "/config").virtualHost("127.0.0.1.evil.example"))
                .statusCode())
        .isEqualTo(403);
    for (String own : List.of("localhost", "127.0.0.1", "[::1]")) {
      assertThat(send(request(HttpMethod.GET, "/config").virtualHost(own)).statusCode())
          .as(own)
          .isEqualTo(200);
    }
  }

  @Test
  void refusesWritesFromOtherOrigins() throws Exception {
    for (String origin :
        List.of("https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "%%")) {
      HttpResponse<Buffer> answer =
          send(request(HttpMethod.POST, "/drain").putHeader("Origin", origin));
      assertThat(answer.statusCode()).as(origin).isEqualTo(403);
    }
    assertThat(gateway.asked).isEmpty();
    String own = "http://127.0.0.1:" + port;
    assertThat(send(request(HttpMethod.POST, "/drain").putHeader("Origin", own)).statusCode())
        .isEqualTo(202);
    String ownV6 = "http://[::1]:" + port;
    assertThat(
            send(request(HttpMethod.POST, "/drain").virtualHost("[::1]").putHeader("Origin", ownV6))
                .statusCode())
        .isEqualTo(202);
  }

  @Test
  void auditsEachWriteAndEachAttempt() throws Exception {
    post("/upstreams/orders/breaker?state=isolated");
    post("/upstreams/orders/breaker?state=%0Afake");
    send(request(HttpMethod.POST, "/drain").putHeader("Origin", "https://evil.example"));
    get("/config");
    assertThat(audit)
        .extracting(
            Audit.Entry::means, Audit.Entry::action, Audit.Entry::detail, Audit.Entry::status)
        .containsExactly(
            tuple("loopback", "POST /upstreams/orders/breaker", "isolated", 200),
            tuple("loopback", "POST /upstreams/orders/breaker", "?", 400),
            tuple("none", "POST /drain", "", 403));
    assertThat(audit.get(0).remote()).startsWith("127.0.0.1:");
  }

  private void deploy(Optional<String> token) throws Exception {
    AdminVerticle admin =
        new AdminVerticle(new AdminOptions("127.0.0.1", 0, token), gateway, audit::add);
    await(vertx.deployVerticle(admin));
    port = admin.actualPort();
  }

  private HttpRequest<Buffer> request(HttpMethod method, String path) {
    SocketAddress server = SocketAddress.inetSocketAddress(port, "127.0.0.1");
    return client.request(method, server, port, "127.0.0.1", path);
  }

  private HttpResponse<Buffer> get(String path) throws Exception {
    return send(request(HttpMethod.GET, path));
  }

  private HttpResponse<Buffer> post(String path) throws Exception {
    return send(request(HttpMethod.POST, path));
  }

  private HttpResponse<Buffer> post(String path, Buffer body) throws Exception {
    return await(request(HttpMethod.POST, path).sendBuffer(body));
  }

  private static HttpResponse<Buffer> send(HttpRequest<Buffer> request) throws Exception {
    return await(request.send());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
