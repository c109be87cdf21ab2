package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TLS towards clients and towards upstreams, with and without certificates of both sides. */
@Timeout(60)
class TlsIT {
  private static final Path FILES =
      Path.of(System.getProperty("tidegate.root"), "gateway/src/test/resources/e2e");

  private static VertxPeers peers;
  private static TidegateProcess gateway;
  private static TidegateProcess mutual;

  @BeforeAll
  static void start() {
    peers = new VertxPeers();
    HttpServer good = upstream("server", ClientAuth.NONE);
    HttpServer misnamed = upstream("misnamed", ClientAuth.NONE);
    HttpServer strict = upstream("server", ClientAuth.REQUIRED);
    gateway =
        TidegateProcess.start(
            """
            server:
              host: 127.0.0.1
              port: 0
              tls: {certificate: '%1$s/server.pem', key: '%1$s/server-key.pem', min-version: TLSv1.3}
            defaults:
              retry: {attempts: 1}
            upstreams:
              good: {endpoints: ['https://127.0.0.1:%2$d'], tls: {ca: '%1$s/ca.pem'}}
              h2: {endpoints: ['https://127.0.0.1:%2$d'], http2: true, tls: {ca: '%1$s/ca.pem'}}
              untrusted: {endpoints: ['https://127.0.0.1:%2$d']}
              misnamed: {endpoints: ['https://127.0.0.1:%3$d'], tls: {ca: '%1$s/ca.pem'}}
              named:
                endpoints: ['https://127.0.0.1:%3$d']
                tls: {ca: '%1$s/ca.pem', server-name: other.test}
              strict:
                endpoints: ['https://127.0.0.1:%4$d']
                tls: {ca: '%1$s/ca.pem', certificate: '%1$s/client.pem', key: '%1$s/client-key.pem'}
              nobody: {endpoints: ['https://127.0.0.1:%4$d'], tls: {ca: '%1$s/ca.pem'}}
            routes:
              - {id: good, match: {path: /good}, upstream: good}
              - {id: h2, match: {path: /h2}, upstream: h2}
              - {id: untrusted, match: {path: /untrusted}, upstream: untrusted}
              - {id: misnamed, match: {path: /misnamed}, upstream: misnamed}
              - {id: named, match: {path: /named}, upstream: named}
              - {id: strict, match: {path: /strict}, upstream: strict}
              - {id: nobody, match: {path: /nobody}, upstream: nobody}
            """
                .formatted(FILES, good.actualPort(), misnamed.actualPort(), strict.actualPort()));
    mutual =
        TidegateProcess.start(
            """
            server:
              host: 127.0.0.1
              port: 0
              tls:
                certificate: '%1$s/server.pem'
                key: '%1$s/server-key.pem'
                client-ca: '%1$s/ca.pem'
            routes:
              - {id: hi, match: {path: /**}, respond: {body: hi}}
            """
                .formatted(FILES));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    mutual.close();
    peers.close();
  }

  private static PemKeyCertOptions key(String name) {
    return new PemKeyCertOptions()
        .setCertPath(FILES.resolve(name + ".pem").toString())
        .setKeyPath(FILES.resolve(name + "-key.pem").toString());
  }

  private static HttpServer upstream(String certificate, ClientAuth auth) {
    var options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setKeyCertOptions(key(certificate))
            .setClientAuth(auth)
            .setTrustOptions(new PemTrustOptions().addCertPath(FILES.resolve("ca.pem").toString()));
    return peers.serve(
        options,
        request ->
            request
                .response()
                .end(request.version() + " " + request.getHeader("x-forwarded-proto")));
  }

  private static HttpClientAgent client(HttpVersion version) {
    return peers.client(tls(version), new PoolOptions());
  }

  private static HttpClientOptions tls(HttpVersion version) {
    return new HttpClientOptions()
        .setSsl(true)
        .setUseAlpn(true)
        .setProtocolVersion(version)
        .setAlpnVersions(List.of(version))
        .setTrustOptions(new PemTrustOptions().addCertPath(FILES.resolve("ca.pem").toString()));
  }

  private static VertxPeers.Answer get(String path) {
    return VertxPeers.exchange(
        client(HttpVersion.HTTP_1_1), gateway.port(), HttpMethod.GET, path, Map.of());
  }

  @Test
  void servesHttp11AndHttp2OverTls() {
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      VertxPeers.Answer answer =
          VertxPeers.exchange(client(version), gateway.port(), HttpMethod.GET, "/good", Map.of());
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("HTTP_1_1 https");
      assertThat(gateway.awaitEvent(e -> logged(e, version)).getString("scheme"))
          .isEqualTo("https");
    }
  }

  private static boolean logged(io.vertx.core.json.JsonObject event, HttpVersion version) {
    String protocol = event.getString("protocol", "");
    return protocol.equals(version == HttpVersion.HTTP_2 ? "HTTP/2" : "HTTP/1.1");
  }

  @Test
  void refusesAnOlderVersionOfTlsThanConfigured() {
    HttpClientOptions old = tls(HttpVersion.HTTP_1_1);
    old.setEnabledSecureTransportProtocols(Set.of("TLSv1.2"));
    HttpClientAgent client = peers.client(old, new PoolOptions());
    assertThat(
            catchThrowable(
                () ->
                    VertxPeers.exchange(client, gateway.port(), HttpMethod.GET, "/good", Map.of())))
        .hasRootCauseInstanceOf(Exception.class);
  }

  @Test
  void refusesMalformedRequestsUnderTlsAsWell() {
    VertxPeers.Answer answer = get("/%zz");
    assertThat(answer.status()).isEqualTo(400);
  }

  @Test
  void speaksHttp2ToAnUpstreamOverTls() {
    assertThat(get("/h2").body()).isEqualTo("HTTP_2 https");
  }

  @Test
  void talksToNoUpstreamThatItCannotVerify() {
    for (String path : List.of("/untrusted", "/misnamed")) {
      VertxPeers.Answer answer = get(path);
      assertThat(answer.status()).as(path).isEqualTo(502);
      assertThat(answer.headers().get("proxy-status"))
          .startsWith("tidegate; error=tls_certificate_error");
    }
    assertThat(get("/named").status()).isEqualTo(200);
  }

  @Test
  void showsItsOwnCertificateWhereTheUpstreamAsksForOne() {
    assertThat(get("/strict").status()).isEqualTo(200);
    VertxPeers.Answer refused = get("/nobody");
    assertThat(refused.status()).isEqualTo(502);
    assertThat(refused.headers().get("proxy-status")).startsWith("tidegate; error=");
  }

  @Test
  void asksClientsForACertificateWhereItIsTold() {
    HttpClientAgent known =
        peers.client(tls(HttpVersion.HTTP_1_1).setKeyCertOptions(key("client")), new PoolOptions());
    assertThat(VertxPeers.exchange(known, mutual.port(), HttpMethod.GET, "/", Map.of()).body())
        .isEqualTo("hi");
    HttpClientAgent stranger = client(HttpVersion.HTTP_1_1);
    assertThat(
            catchThrowable(
                () -> VertxPeers.exchange(stranger, mutual.port(), HttpMethod.GET, "/", Map.of())))
        .hasRootCauseInstanceOf(Exception.class);
  }
}
