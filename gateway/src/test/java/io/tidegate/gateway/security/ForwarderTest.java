package io.tidegate.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwarderTest {
  private static final List<Cidr> TRUSTED =
      List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8:aaaa::/48"));

  @Test
  void rebuildsAllFromTheSocketOfAnUntrustedPeer() {
    MultiMap headers =
        headers(
            "Forwarded", "for=1.2.3.4;proto=https;host=evil",
            "X-Forwarded-For", "1.2.3.4",
            "X-Forwarded-For", "5.6.7.8",
            "X-Forwarded-Proto", "https",
            "X-Forwarded-Host", "evil",
            "X-Forwarded-Port", "443",
            "X-Forwarded-Prefix", "/admin",
            "X-Real-IP", "1.2.3.4",
            "Accept", "*/*");
    Forwarder forwarder = Forwarder.forConnection("192.0.2.1", TRUSTED, "http");
    assertThat(forwarder.apply(headers, "example.org", headers)).isEqualTo("192.0.2.1");
    assertThat(lines(headers))
        .containsExactlyInAnyOrder(
            "forwarded: for=192.0.2.1;proto=http;host=example.org",
            "x-forwarded-for: 192.0.2.1",
            "x-forwarded-proto: http",
            "x-forwarded-host: example.org",
            "accept: */*");
  }

  @Test
  void quotesAddressesAndHostsThatAreNoTokens() {
    Forwarding forwarding =
        Forwarder.forConnection("2001:db8:0:0:0:0:0:1%eth0", TRUSTED, "https")
            .see(headers(), "example.org:8443");
    assertThat(forwarding.clientIp()).isEqualTo("2001:db8::1");
    assertThat(forwarding.forwarded())
        .isEqualTo("for=\"[2001:db8::1]\";proto=https;host=\"example.org:8443\"");
    assertThat(forwarding.forwardedFor()).isEqualTo("2001:db8::1");
  }

  @Test
  void rendersOncePerConnectionForOneHost() {
    Forwarder forwarder = Forwarder.forConnection("192.0.2.1", TRUSTED, "http");
    assertThat(forwarder.see(headers(), "a")).isSameAs(forwarder.see(headers(), "a"));
    assertThat(forwarder.see(headers(), "b").host()).isEqualTo("b");
    assertThat(forwarder.see(headers(), null).forwarded()).isEqualTo("for=192.0.2.1;proto=http");
  }

  @Test
  void callsAPeerWithoutAddressUnknownAndDoesNotTrustIt() {
    List<Cidr> everyone = List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0"));
    Forwarding forwarding =
        Forwarder.forConnection(null, everyone, "http")
            .see(headers("X-Forwarded-For", "1.2.3.4"), "h");
    assertThat(forwarding.clientIp()).isEqualTo("unknown");
    assertThat(forwarding.forwarded()).isEqualTo("for=unknown;proto=http;host=h");
    assertThat(forwarding.believed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1.2.3.4 | 1.2.3.4",
        "9.9.9.9, 1.2.3.4 | 1.2.3.4",
        "9.9.9.9, 1.2.3.4, 10.0.0.2 | 1.2.3.4",
        "9.9.9.9 , 10.0.0.3,1.2.3.4,\t10.0.0.2 | 1.2.3.4",
        "10.0.0.3, 10.0.0.2 | 10.0.0.3",
        "1.2.3.4:5678, 10.0.0.2:1 | 1.2.3.4",
        "2001:db8::1 | 2001:db8::1",
        "[2001:db8:0::1]:80, 2001:db8:aaaa::1 | 2001:db8::1",
        "::ffff:1.2.3.4, ::ffff:10.0.0.2 | 1.2.3.4",
        "1.2.3.4, unknown, 10.0.0.2 | 10.0.0.2",
        "1.2.3.4, unknown | 10.0.0.1",
      })
  void walksXForwardedForFromTheRightPastTrustedHops(String chain, String client) {
    assertThat(see("X-Forwarded-For", chain).clientIp()).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "for=1.2.3.4 | 1.2.3.4 | http | h",
        "for=1.2.3.4; | 1.2.3.4 | http | h",
        "For=9.9.9.9;proto=https, fOr=1.2.3.4;PROTO=HTTPS;Host=a.b;by=10.0.0.2, for=10.0.0.2;proto=http | 1.2.3.4 | https | a.b",
        "for=\"[2001:db8::1]:4711\";host=\"a.b:8443\" | 2001:db8::1 | http | a.b:8443",
        "for=\"[2001:\\db8::1]\" | 2001:db8::1 | http | h",
        ", for=1.2.3.4 ; proto=https ;; ext=\"a,b;\\\"c\" ,, | 1.2.3.4 | https | h",
        "for=1.2.3.4, proto=https | 10.0.0.1 | https | h",
        "for=_hidden;proto=https;host=x, for=10.0.0.2 | 10.0.0.2 | https | x",
        "for=\"1.2.3.4:_port\" | 1.2.3.4 | http | h",
        "for=1.2.3.4, for=10.0.0.2;proto=https | 1.2.3.4 | https | h",
      })
  void readsForwarded(String value, String client, String scheme, String host) {
    Forwarding forwarding = see("Forwarded", value);
    assertThat(forwarding.clientIp()).isEqualTo(client);
    assertThat(forwarding.scheme()).isEqualTo(scheme);
    assertThat(forwarding.host()).isEqualTo(host);
    assertThat(forwarding.believed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "for",
        "for=",
        "1.2.3.4",
        "for=1.2.3.4:80",
        "for=[2001:db8::1]",
        "for=2001:db8::1",
        "for=\"2001:db8::1\"",
        "for=\"1.2.3.4",
        "for=1.2.3.4;for=5.6.7.8",
        "for=1.2.3.4 proto=http",
        "for = 1.2.3.4",
        "for=\"1.2.3.4\"x",
        "for=999.1.1.1",
        "for=host.name",
        "for=\"[1.2.3.4]\"",
        "for=\"[::1%eth0]\"",
        "for=\"1.2.3.4:123456\"",
        "for=\"_a b\"",
        "for=1.2.3.4;proto=ftp",
        "for=1.2.3.4;host=\"a b\"",
        "for=1.2.3.4;host=\"a/b\"",
        "for=\"\"",
        "for=1.2.3.4\u0000",
        "for=1.2.3.4, nonsense",
        "for=1.2.3.4;proto=\"https\r\nx: y\""
      })
  void takesAMalformedForwardedForNotThere(String value) {
    assertThat(see("Forwarded", value).believed()).isFalse();
    assertThat(see("Forwarded", value).clientIp()).isEqualTo("10.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "1.2.3.4,",
        "1.2.3.4,,5.6.7.8",
        "host",
        "1.2.3.4 5.6.7.8",
        "1.2.3",
        "[1.2.3.4]",
        "[::1",
        "::1%eth0",
        "1.2.3.4:x",
        "\"1.2.3.4\"",
        "for=1.2.3.4"
      })
  void takesAMalformedXForwardedForNotThere(String value) {
    assertThat(see("X-Forwarded-For", value).believed()).isFalse();
    assertThat(see("X-Forwarded-For", value).clientIp()).isEqualTo("10.0.0.1");
  }

  @Test
  void takesAWayThatIsTooLongForMalformed() {
    String chain = "1.2.3.4,".repeat(64) + "1.2.3.4";
    assertThat(see("X-Forwarded-For", chain).believed()).isFalse();
    assertThat(see("Forwarded", ("for=" + chain).replace(",", ",for=")).believed()).isFalse();
  }

  @Test
  void oneMalformedXForwardedFieldSpoilsTheOthers() {
    assertThat(see("X-Forwarded-For", "1.2.3.4", "X-Forwarded-Proto", "gopher").believed())
        .isFalse();
    assertThat(see("X-Forwarded-For", "1.2.3.4", "X-Forwarded-Host", "a b").believed()).isFalse();
  }

  @Test
  void alignsXForwardedListsFromTheRight() {
    Forwarding forwarding =
        see(
            "X-Forwarded-For", "9.9.9.9, 1.2.3.4, 10.0.0.2",
            "X-Forwarded-Proto", "http, https, http",
            "X-Forwarded-Host", "forged, real, inner");
    assertThat(forwarding.clientIp()).isEqualTo("1.2.3.4");
    assertThat(forwarding.scheme()).isEqualTo("https");
    assertThat(forwarding.host()).isEqualTo("real");
  }

  @Test
  void takesASingleSchemeForTheWholeWayAndCompletesThePort() {
    Forwarding forwarding =
        see(
            "X-Forwarded-For", "1.2.3.4, 10.0.0.2",
            "X-Forwarded-Proto", "https",
            "X-Forwarded-Host", "real",
            "X-Forwarded-Port", "8443");
    assertThat(forwarding.scheme()).isEqualTo("https");
    assertThat(forwarding.host()).isEqualTo("real:8443");
  }

  @Test
  void takesTheSchemeFromAPeerThatReportsNothingElse() {
    Forwarding forwarding = see("X-Forwarded-Proto", "https");
    assertThat(forwarding.clientIp()).isEqualTo("10.0.0.1");
    assertThat(forwarding.scheme()).isEqualTo("https");
    assertThat(forwarding.forwarded()).isEqualTo("for=10.0.0.1;proto=https;host=h");
  }

  @Test
  void appendsThePeerToBothStyles() {
    MultiMap headers =
        headers(
            "X-Forwarded-For", "9.9.9.9, 2001:db8::1, 10.0.0.2",
            "X-Forwarded-Proto", "https",
            "X-Forwarded-Port", "443",
            "X-Forwarded-Prefix", "/app");
    Forwarder.forConnection("10.0.0.1", TRUSTED, "http").apply(headers, "h", headers);
    assertThat(lines(headers))
        .containsExactlyInAnyOrder(
            "forwarded: for=9.9.9.9, for=\"[2001:db8::1]\";proto=https;host=h, for=10.0.0.2,"
                + " for=10.0.0.1;proto=http;host=h",
            "x-forwarded-for: 9.9.9.9, 2001:db8::1, 10.0.0.2, 10.0.0.1",
            "x-forwarded-proto: https",
            "x-forwarded-host: h",
            "x-forwarded-prefix: /app");
  }

  @Test
  void believesNeitherStyleWhenTheyNameDifferentClients() {
    Forwarding forwarding = see("Forwarded", "for=1.1.1.1", "X-Forwarded-For", "2.2.2.2");
    assertThat(forwarding.clientIp()).isEqualTo("10.0.0.1");
    assertThat(forwarding.believed()).isFalse();
  }

  @Test
  void believesOnlyWhatBothStylesSayWhenBothAreThere() {
    Forwarding forwarding =
        see(
            "Forwarded", "for=1.2.3.4;proto=https;host=a",
            "X-Forwarded-For", "1.2.3.4",
            "X-Forwarded-Host", "a");
    assertThat(forwarding.clientIp()).isEqualTo("1.2.3.4");
    assertThat(forwarding.scheme()).isEqualTo("http");
    assertThat(forwarding.host()).isEqualTo("a");
    assertThat(forwarding.forwarded())
        .isEqualTo("for=1.2.3.4;proto=http;host=a, for=10.0.0.1;proto=http;host=h");
  }

  @Test
  void usesTheOtherStyleWhenOneIsMalformed() {
    assertThat(see("Forwarded", "nonsense", "X-Forwarded-For", "1.2.3.4").clientIp())
        .isEqualTo("1.2.3.4");
    assertThat(see("Forwarded", "for=1.2.3.4", "X-Forwarded-For", "nonsense").clientIp())
        .isEqualTo("1.2.3.4");
  }

  @Property(tries = 3000)
  void theNextTrustingGatewaySeesTheSameClient(@ForAll("fields") List<String> fields) {
    MultiMap headers = HttpHeaders.headers();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      headers.add(
          fields.get(i).startsWith("F") ? "Forwarded" : "X-Forwarded-For", fields.get(i + 1));
    }
    Forwarding here = Forwarder.forConnection("10.0.0.1", TRUSTED, "http").see(headers, "h:1");
    here.writeTo(headers);
    assertThat(headers.getAll("Forwarded")).hasSize(1);
    assertThat(plain(headers.get("Forwarded"))).isEqualTo(headers.get("X-Forwarded-For"));
    Forwarding next = Forwarder.forConnection("10.0.0.9", TRUSTED, "http").see(headers, "other");
    assertThat(next.believed()).isTrue();
    assertThat(next.clientIp()).isEqualTo(here.clientIp());
    assertThat(next.host()).isEqualTo(here.host());
  }

  @Property(tries = 2000)
  void noFieldMakesItFail(@ForAll String forwarded, @ForAll String custom) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.add("Forwarded", "for=" + forwarded).add("X-Forwarded-For", custom);
    assertThat(Forwarder.forConnection("10.0.0.1", TRUSTED, "http").see(headers, "h").forwarded())
        .endsWith("for=10.0.0.1;proto=http;host=h");
  }

  @Provide
  Arbitrary<List<String>> fields() {
    return Arbitraries.of(
            "F",
            "X",
            "for=1.2.3.4",
            "1.2.3.4",
            "for=10.0.0.2;proto=https;host=a",
            "10.0.0.2",
            "for=\"[2001:db8::1]\", for=_x",
            "2001:db8::1, unknown, 10.0.0.4",
            "for=_y, for=10.0.0.4",
            "5.6.7.8, 10.0.0.4",
            "for=5.6.7.8, for=10.0.0.4",
            "junk junk")
        .list()
        .ofMaxSize(6);
  }

  /** A Forwarded field as X-Forwarded-For would have it. */
  private static String plain(String forwarded) {
    return Pattern.compile(", ")
        .splitAsStream(forwarded)
        .map(e -> e.replaceAll("^for=|;.*", "").replaceAll("[\"\\[\\]]", ""))
        .collect(Collectors.joining(", "));
  }

  private static Forwarding see(String... fields) {
    return Forwarder.forConnection("10.0.0.1", TRUSTED, "http").see(headers(fields), "h");
  }

  private static MultiMap headers(String... fields) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    return headers;
  }

  private static List<String> lines(MultiMap headers) {
    return headers.entries().stream()
        .map(e -> e.getKey().toLowerCase(Locale.ROOT) + ": " + e.getValue())
        .toList();
  }
}
