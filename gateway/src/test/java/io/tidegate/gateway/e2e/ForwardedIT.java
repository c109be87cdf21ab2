package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who the client is: what it says of itself counts only when it comes from a trusted proxy. */
@Timeout(60)
class ForwardedIT {
  private static final String TRUSTED = "127.0.0.2";
  private static final String STRANGER = "127.0.0.3";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            "server: {host: 127.0.0.1, port: 0, trusted-proxies: ['127.0.0.2/32']}\n"
                + TidegateProcess.proxyTo(upstream.url()));
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

  @Test
  void tellsTheUpstreamWhoAskedForWhat() {
    Fields seen = seenFrom(STRANGER, "");
    assertThat(seen.all("x-forwarded-for")).containsExactly(STRANGER);
    assertThat(seen.all("x-forwarded-proto")).containsExactly("http");
    assertThat(seen.all("x-forwarded-host")).containsExactly("a.test");
    assertThat(seen.all("forwarded")).hasSize(1);
    assertThat(seen.all("forwarded").get(0).split(";"))
        .containsExactlyInAnyOrder("for=" + STRANGER, "host=a.test", "proto=http");
  }

  @Test
  void replacesWhatAStrangerSays() {
    Fields seen =
        seenFrom(
            STRANGER,
            "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: evil.test\r\nX-Forwarded-Port: 1\r\nX-Real-IP: 6.6.6.6\r\n"
                + "Forwarded: for=6.6.6.6;host=evil.test\r\n");
    assertThat(seen.all("x-forwarded-for")).containsExactly(STRANGER);
    assertThat(seen.all("x-forwarded-proto")).containsExactly("http");
    assertThat(seen.all("x-forwarded-host")).containsExactly("a.test");
    assertThat(seen.all("forwarded")).hasSize(1);
    assertThat(seen.toString()).doesNotContain("6.6.6.6", "evil");
  }

  @Test
  void addsToWhatATrustedProxySays() {
    Fields seen =
        seenFrom(
            TRUSTED,
            "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: shop.test\r\n");
    assertThat(String.join(", ", seen.all("x-forwarded-for"))).isEqualTo("6.6.6.6, " + TRUSTED);
    assertThat(seen.all("x-forwarded-proto")).containsExactly("https");
    assertThat(seen.all("x-forwarded-host")).containsExactly("shop.test");
  }

  @Test
  void readsTheStandardFieldAsWell() {
    Fields seen = seenFrom(TRUSTED, "Forwarded: for=6.6.6.6;proto=https;host=shop.test\r\n");
    assertThat(String.join(", ", seen.all("forwarded")))
        .startsWith("for=6.6.6.6;proto=https;host=shop.test, for=" + TRUSTED);
    assertThat(seen.all("x-forwarded-proto")).containsExactly("https");
    assertThat(seen.all("x-forwarded-host")).containsExactly("shop.test");
  }

  @Test
  void logsTheClientThatATrustedProxyNames() {
    seenFrom(TRUSTED, "X-Forwarded-For: 6.6.6.6\r\n", "/from-trusted");
    assertThat(gateway.awaitAccess("/from-trusted").getString("client")).isEqualTo("6.6.6.6");
    seenFrom(STRANGER, "X-Forwarded-For: 6.6.6.6\r\n", "/from-stranger");
    assertThat(gateway.awaitAccess("/from-stranger").getString("client")).isEqualTo(STRANGER);
  }

  private static Fields seenFrom(String address, String headers) {
    return seenFrom(address, headers, "/x");
  }

  private static Fields seenFrom(String address, String headers, String path) {
    try (var client = RawClient.connectFrom(address, gateway.port())) {
      client.send("GET " + path + " HTTP/1.1\r\nHost: a.test\r\n" + headers + "\r\n");
      assertThat(client.response().status()).isEqualTo(200);
    }
    return upstream.requests().get(0).headers();
  }
}
