package io.tidegate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(20)
class HealthCheckerTest {
  /** Patient, so that a busy machine makes no check fail. */
  private static final HealthOptions HEALTH = health(Duration.ofSeconds(5));

  private static final HealthOptions IMPATIENT = health(Duration.ofMillis(150));

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<HttpServerRequest> probes = new LinkedBlockingQueue<>();
  private final AtomicInteger status = new AtomicInteger(200);
  private Vertx vertx;

  @BeforeEach
  void take(Vertx injected) {
    vertx = injected;
  }

  @Test
  void takesAnEndpointOutAndBackAsItFlaps() throws Exception {
    HttpServer server = serve();
    Endpoints endpoints = check("http://127.0.0.1:" + server.actualPort());
    Endpoint endpoint = endpoints.all().get(0);
    for (int round = 0; round < 3; round++) {
      status.set(503);
      assertThat(next(events)).isEqualTo("false");
      assertThat(endpoints.pick(0, null)).isNull();
      assertThat(endpoint.lastCheck()).isEqualTo("status 503");
      status.set(204);
      assertThat(next(events)).isEqualTo("true");
      assertThat(endpoints.pick(0, null)).isSameAs(endpoint);
    }
  }

  @Test
  void needsAsManyFailuresInARowAsConfigured() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    // Two failures, then a pass, over and over: never three in a row.
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      int turn = asked.incrementAndGet();
                      request.response().setStatusCode(turn % 3 == 0 ? 200 : 500).end();
                      probes.add(request);
                    })
                .listen(0, "127.0.0.1"));
    Endpoints endpoints = check("http://127.0.0.1:" + server.actualPort());
    for (int i = 0; i < 12; i++) {
      next(probes);
    }
    assertThat(events).isEmpty();
    assertThat(endpoints.all().get(0).healthy()).isTrue();
  }

  @Test
  void asksAsItsOwnAgentForTheConfiguredPath() throws Exception {
    HttpServer server = serve();
    check("http://127.0.0.1:" + server.actualPort());
    HttpServerRequest probe = next(probes);
    assertThat(probe.path()).isEqualTo("/healthz");
    assertThat(probe.getHeader("User-Agent")).isEqualTo("tidegate-health");
    assertThat(probe.getHeader("Host")).isEqualTo("127.0.0.1:" + server.actualPort());
  }

  @Test
  void finishesAnEndpointThatRefusesConnections() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    Endpoints endpoints = check("http://127.0.0.1:" + free);
    assertThat(next(events)).isEqualTo("false");
    assertThat(endpoints.all().get(0).lastCheck()).containsIgnoringCase("refused");
  }

  @Test
  void finishesAnEndpointThatNeverAnswers() throws Exception {
    NetServer silent =
        await(vertx.createNetServer().connectHandler(socket -> {}).listen(0, "127.0.0.1"));
    Endpoints endpoints =
        check(
            options(List.of(SampleEndpoints.endpoint("http://127.0.0.1:" + silent.actualPort()))),
            IMPATIENT);
    assertThat(next(events)).isEqualTo("false");
    assertThat(endpoints.all().get(0).lastCheck()).isEqualTo("timeout");
  }

  @Test
  void cutsTheConnectionOfABodyThatDripsPastTheTimeout() throws Exception {
    BlockingQueue<String> closed = new LinkedBlockingQueue<>();
    NetServer dripping =
        await(
            vertx
                .createNetServer()
                .connectHandler(
                    socket -> {
                      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                      long drip = vertx.setPeriodic(20, tick -> socket.write("x"));
                      socket.closeHandler(
                          gone -> {
                            vertx.cancelTimer(drip);
                            closed.add("closed");
                          });
                    })
                .listen(0, "127.0.0.1"));
    Endpoints endpoints =
        check(
            options(List.of(SampleEndpoints.endpoint("http://127.0.0.1:" + dripping.actualPort()))),
            IMPATIENT);
    assertThat(next(closed)).isEqualTo("closed");
    assertThat(next(events)).isEqualTo("false");
    assertThat(endpoints.all().get(0).lastCheck()).isEqualTo("timeout");
  }

  @Test
  void passesWithALargeBodyButNotWithAnEndlessOne() throws Exception {
    AtomicInteger size = new AtomicInteger(500_000);
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      request.response().end(Buffer.buffer(new byte[size.get()]));
                      probes.add(request);
                    })
                .listen(0, "127.0.0.1"));
    Endpoints endpoints = check("http://127.0.0.1:" + server.actualPort());
    for (int i = 0; i < 5; i++) {
      next(probes);
    }
    assertThat(events).isEmpty();
    size.set(3_000_000);
    assertThat(next(events)).isEqualTo("false");
    assertThat(endpoints.all().get(0).lastCheck()).contains("longer than");
  }

  @Test
  void endsAnEjectionWhenACheckPasses() throws Exception {
    HttpServer one = serve();
    HttpServer other = serve();
    BlockingQueue<Endpoint> restored = new LinkedBlockingQueue<>();
    Endpoints endpoints =
        new Endpoints(
            options(
                List.of(
                    SampleEndpoints.endpoint("http://127.0.0.1:" + one.actualPort()),
                    SampleEndpoints.endpoint("http://127.0.0.1:" + other.actualPort()))),
            new EndpointListener() {
              @Override
              public void restored(String upstream, Endpoint endpoint) {
                restored.add(endpoint);
              }
            });
    Endpoint ejected = endpoints.all().get(0);
    EndpointsTest.fail(ejected, 5);
    assertThat(ejected.ejected()).isTrue();
    new HealthChecker(vertx, endpoints, HEALTH).start();
    assertThat(next(restored)).isSameAs(ejected);
    assertThat(ejected.ejected()).isFalse();
  }

  @Test
  void followsTheMembershipAndAsksNobodyWhoLeft() throws Exception {
    InetAddress first = InetAddress.getByName("127.0.0.1");
    InetAddress second = InetAddress.getByName("127.0.0.2");
    HttpServer server = await(handling().listen(0, "0.0.0.0"));
    Endpoints endpoints =
        new Endpoints(
            options(List.of(SampleEndpoints.endpoint("http://orders.test:" + server.actualPort()))),
            EndpointListener.NONE);
    new HealthChecker(vertx, endpoints, HEALTH).start();
    endpoints.resolved(0, List.of(first));
    assertThat(next(probes).localAddress().hostAddress()).isEqualTo("127.0.0.1");
    endpoints.resolved(0, List.of(second));
    while (!next(probes).localAddress().hostAddress().equals("127.0.0.2")) {
      // those of the first that were still on their way
    }
    for (int i = 0; i < 5; i++) {
      assertThat(next(probes).localAddress().hostAddress()).isEqualTo("127.0.0.2");
    }
  }

  @Test
  void checksOverTlsUnderTheConfiguredName() throws Exception {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("orders.internal");
    HttpServer server =
        await(
            vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> request.response().setStatusCode(500).end())
                .listen(0, "127.0.0.1"));
    UpstreamTls tls =
        new UpstreamTls(
            Optional.of(Path.of(certificate.certificatePath())),
            Optional.empty(),
            Optional.empty(),
            true,
            Optional.of("orders.internal"));
    String url = "https://127.0.0.1:" + server.actualPort();
    Endpoints endpoints = check(options(List.of(SampleEndpoints.endpoint(url)), tls, false));
    assertThat(next(events)).isEqualTo("false");
    assertThat(endpoints.all().get(0).lastCheck()).isEqualTo("status 500");
    certificate.delete();
  }

  @Test
  void checksOverHttp2WhereThatIsSpoken() throws Exception {
    HttpServer server = serve();
    String url = "http://127.0.0.1:" + server.actualPort();
    check(options(List.of(SampleEndpoints.endpoint(url)), UpstreamTls.DEFAULTS, true));
    assertThat(next(probes).version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(next(probes).version()).isEqualTo(HttpVersion.HTTP_2);
  }

  @Test
  void asksNobodyOnceClosed() throws Exception {
    HttpServer server = serve();
    Endpoints endpoints =
        new Endpoints(
            options(List.of(SampleEndpoints.endpoint("http://127.0.0.1:" + server.actualPort()))),
            EndpointListener.NONE);
    HealthChecker checker = new HealthChecker(vertx, endpoints, HEALTH);
    checker.start();
    next(probes);
    await(checker.close());
    probes.clear();
    // Three intervals and a half without any is as good as never.
    assertThat(probes.poll(140, TimeUnit.MILLISECONDS)).isNull();
  }

  private HttpServer serve() throws Exception {
    return await(handling().listen(0, "127.0.0.1"));
  }

  private HttpServer handling() {
    return vertx
        .createHttpServer()
        .requestHandler(
            request -> {
              request.response().setStatusCode(status.get()).end();
              probes.add(request);
            });
  }

  private Endpoints check(String url) {
    return check(options(List.of(SampleEndpoints.endpoint(url))));
  }

  private static HealthOptions health(Duration timeout) {
    return new HealthOptions("/healthz", Duration.ofMillis(40), timeout, 2, 3, Set.of(200, 204));
  }

  private Endpoints check(UpstreamOptions options) {
    return check(options, HEALTH);
  }

  private Endpoints check(UpstreamOptions options, HealthOptions health) {
    Endpoints endpoints =
        new Endpoints(
            options,
            new EndpointListener() {
              @Override
              public void healthChanged(String upstream, Endpoint endpoint, boolean healthy) {
                events.add(String.valueOf(healthy));
              }
            });
    new HealthChecker(vertx, endpoints, health).start();
    return endpoints;
  }

  private static UpstreamOptions options(List<EndpointOptions> endpoints) {
    return options(endpoints, UpstreamTls.DEFAULTS, false);
  }

  private static UpstreamOptions options(
      List<EndpointOptions> endpoints, UpstreamTls tls, boolean http2) {
    return SampleEndpoints.of(1).options(endpoints, tls, Optional.of(HEALTH), http2);
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(10, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static <T> T await(io.vertx.core.Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
