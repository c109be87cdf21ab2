package io.tidegate.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClient;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(VertxExtension.class)
@Timeout(30)
class UpstreamTlsContextTest {
  private static SelfSignedCertificate origin;
  private static SelfSignedCertificate ours;
  private Vertx vertx;

  @BeforeAll
  static void makeCertificates() {
    origin = SelfSignedCertificate.create("orders.test");
    ours = SelfSignedCertificate.create("gateway.test");
  }

  @AfterAll
  static void removeCertificates() {
    origin.delete();
    ours.delete();
  }

  @BeforeEach
  void take(Vertx injected) {
    vertx = injected;
  }

  @Test
  void callsAnUpstreamWhoseAuthorityIsTrusted() throws Exception {
    int port = serve(ClientAuth.NONE, false);
    assertThat(call(port, trusting(origin, true), false, "orders.test")).isEqualTo("HTTP_1_1");
  }

  @Test
  void speaksHttp2WhenBothCan() throws Exception {
    int port = serve(ClientAuth.NONE, true);
    assertThat(call(port, trusting(origin, true), true, "orders.test")).isEqualTo("HTTP_2");
    assertThat(call(port, trusting(origin, true), false, "orders.test")).isEqualTo("HTTP_1_1");
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor() throws Exception {
    int port = serve(ClientAuth.NONE, false);
    assertThatThrownBy(() -> call(port, UpstreamTls.DEFAULTS, false, "orders.test"))
        .hasRootCauseInstanceOf(CertPathBuilderException.class);
  }

  @Test
  void refusesTheCertificateOfAnotherName() throws Exception {
    int port = serve(ClientAuth.NONE, false);
    assertThatThrownBy(() -> call(port, trusting(origin, true), false, "billing.test"))
        .hasStackTraceContaining("No name matching billing.test found");
  }

  @Test
  void takesTheCertificateOfAnotherNameIfToldNotToVerifyIt() throws Exception {
    int port = serve(ClientAuth.NONE, false);
    assertThat(call(port, trusting(origin, false), false, "billing.test")).isNotEmpty();
  }

  @Test
  void showsOurCertificateToAnUpstreamThatAsksForIt() throws Exception {
    int port = serve(ClientAuth.REQUIRED, false);
    UpstreamTls mutual =
        new UpstreamTls(
            Optional.of(Path.of(origin.certificatePath())),
            Optional.of(Path.of(ours.certificatePath())),
            Optional.of(Path.of(ours.privateKeyPath())),
            true,
            Optional.empty());
    assertThat(call(port, mutual, false, "orders.test")).isNotEmpty();
    assertThatThrownBy(() -> call(port, trusting(origin, true), false, "orders.test"))
        .isNotInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://orders, true",
    "https://orders.example, true",
    "https://127.0.0.1, false",
    "https://[::1], false",
    "https://a_b, false"
  })
  void forcesSniForNamesThatCanBeSent(String url, boolean forced) {
    URI uri = URI.create(url);
    // An underscore makes java.net.URI see an authority without a host.
    String host = uri.getHost() == null ? uri.getAuthority() : uri.getHost();
    UpstreamTls named =
        new UpstreamTls(
            Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.of(host));
    List<EndpointOptions> address = List.of(SampleEndpoints.endpoint("https://10.0.0.1"));
    assertThat(
            UpstreamTlsContext.mayForceSni(
                SampleEndpoints.of(1).options(address, named, Optional.empty(), false)))
        .isEqualTo(forced);
    if (uri.getHost() != null) {
      List<EndpointOptions> itself = List.of(SampleEndpoints.endpoint(url));
      assertThat(UpstreamTlsContext.mayForceSni(SampleEndpoints.of(1).options(itself)))
          .isEqualTo(forced);
    }
  }

  @Test
  void settingsPerRequestWorkLikeThoseOfAClient() throws Exception {
    int port = serve(ClientAuth.NONE, false);
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setServer(SocketAddress.inetSocketAddress(port, "127.0.0.1"))
            .setHost("orders.test")
            .setPort(port)
            .setSsl(true)
            .setSslOptions(UpstreamTlsContext.of(trusting(origin, true), false));
    assertThat(status(request)).isEqualTo(200);
    request.setHost("billing.test");
    assertThatThrownBy(() -> status(request)).hasRootCauseInstanceOf(Exception.class);
    request.setSslOptions(UpstreamTlsContext.of(trusting(origin, false), false));
    assertThat(status(request)).isEqualTo(200);
  }

  private int status(RequestOptions request) throws Exception {
    var client = vertx.createHttpClient();
    return await(
        inLoop(() -> client.request(request).compose(r -> r.send()).map(r -> r.statusCode())));
  }

  private <T> Future<T> inLoop(Supplier<Future<T>> call) {
    Promise<T> promise = Promise.promise();
    vertx.runOnContext(go -> call.get().onComplete(promise));
    return promise.future();
  }

  private static UpstreamTls trusting(SelfSignedCertificate authority, boolean verifyHost) {
    return new UpstreamTls(
        Optional.of(Path.of(authority.certificatePath())),
        Optional.empty(),
        Optional.empty(),
        verifyHost,
        Optional.empty());
  }

  private int serve(ClientAuth auth, boolean alpn) throws Exception {
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(alpn)
            .setKeyCertOptions(origin.keyCertOptions())
            .setTrustOptions(ours.trustOptions())
            .setClientAuth(auth);
    HttpServer server =
        await(
            vertx
                .createHttpServer(options)
                .requestHandler(request -> request.response().end(request.version().name()))
                .listen(0, "127.0.0.1"));
    return server.actualPort();
  }

  private String call(int port, UpstreamTls tls, boolean http2, String name) throws Exception {
    HttpClientOptions options = UpstreamTlsContext.apply(tls, http2, new HttpClientOptions());
    WebClient client = WebClient.wrap(vertx.createHttpClient(options));
    SocketAddress address = SocketAddress.inetSocketAddress(port, "127.0.0.1");
    return await(
        client
            .request(HttpMethod.GET, address, port, name, "/")
            .ssl(true)
            .send()
            .map(answer -> answer.bodyAsString()));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
