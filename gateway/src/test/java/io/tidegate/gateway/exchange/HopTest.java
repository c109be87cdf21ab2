package io.tidegate.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class HopTest {
  private static MultiMap fields(String... pairs) {
    MultiMap fields = HttpHeaders.headers();
    for (int i = 0; i < pairs.length; i += 2) {
      fields.add(pairs[i], pairs[i + 1]);
    }
    return fields;
  }

  private static List<String> copied(MultiMap from) {
    MultiMap to = HttpHeaders.headers();
    Hop.copyRequest(from, to);
    return lines(to);
  }

  private static List<String> lines(MultiMap fields) {
    return fields.entries().stream().map(e -> e.getKey() + ": " + e.getValue()).toList();
  }

  @Test
  void passesOnEveryLineInItsOrderAndCase() {
    assertThat(copied(fields("X-One", "1", "Accept", "a", "x-one", "2", "Cookie", "c=d")))
        .containsExactly("X-One: 1", "Accept: a", "x-one: 2", "Cookie: c=d");
  }

  @Test
  void keepsWhatIsOfThisHop() {
    assertThat(
            copied(
                fields(
                    "CONNECTION",
                    "keep-alive",
                    "Keep-Alive",
                    "timeout=5",
                    "TE",
                    "gzip",
                    "Upgrade",
                    "x",
                    "Transfer-Encoding",
                    "chunked",
                    "Proxy-Authorization",
                    "secret",
                    "A",
                    "b")))
        .containsExactly("A: b");
  }

  @Test
  void keepsWhatConnectionNames() {
    assertThat(copied(fields("connection", "close, x-mine", "X-Mine", "1", "X-Other", "2")))
        .containsExactly("X-Other: 2");
    assertThat(copied(fields("connection", "a", "connection", " B ,, c", "A", "1", "b", "2")))
        .isEmpty();
  }

  @Test
  void letsNobodyTakeTheForwardingFieldsAwayByNamingThem() {
    assertThat(copied(fields("connection", "Via, x-forwarded-for", "via", "1", "a", "b")))
        .containsExactly("via: 1", "a: b");
  }

  @Test
  void leavesHostExpectAndFramingOfARequestToOthers() {
    assertThat(copied(fields("Host", "h", "Expect", "100-continue", "Content-Length", "3")))
        .isEmpty();
  }

  @Test
  void passesOnAResponseFromAnyKindOfMap() {
    MultiMap from = MultiMap.caseInsensitiveMultiMap();
    from.add("Set-Cookie", "a").add("Set-Cookie", "b").add("Content-Length", "1");
    // What Vert.x wraps the headers of an upstream's answer in.
    MultiMap netty = new io.vertx.core.http.impl.headers.HeadersAdaptor(new DefaultHttpHeaders());
    netty.addAll(from);
    for (MultiMap each : List.of(from, netty)) {
      MultiMap to = HttpHeaders.headers();
      Hop.copyResponse(each, to);
      assertThat(lines(to)).containsExactly("Set-Cookie: a", "Set-Cookie: b");
    }
  }

  /** Against the plain way: copy all, then remove by name. */
  @Property
  void copiesWhatStrippingWouldLeave(@ForAll("messages") List<Map.Entry<String, String>> lines) {
    MultiMap from = HttpHeaders.headers();
    lines.forEach(line -> from.add(line.getKey(), line.getValue()));
    MultiMap plain = HttpHeaders.headers().setAll(from);
    Hop.strip(plain);
    plain.remove("host").remove("content-length").remove("expect");
    assertThat(copied(from)).isEqualTo(lines(plain));
  }

  @Provide
  Arbitrary<List<Map.Entry<String, String>>> messages() {
    Arbitrary<String> names =
        Arbitraries.of(
                "connection",
                "te",
                "host",
                "via",
                "a",
                "b",
                "x-forwarded-for",
                "upgrade",
                "content-length",
                "expect",
                "keep-alive",
                "http2-settings",
                "accept",
                "cookie")
            .flatMap(name -> Arbitraries.of(name, name.toUpperCase(Locale.ROOT)));
    Arbitrary<String> values = names.list().ofMaxSize(3).map(list -> String.join(", ", list));
    return names
        .flatMap(name -> values.map(value -> Tuple.of(name, value)))
        .map(pair -> Map.entry(pair.get1(), pair.get2()))
        .list()
        .ofMaxSize(8);
  }
}
