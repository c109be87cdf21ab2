package io.tidegate.gateway.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.gateway.exchange.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageScannerTest {
  private static final LimitOptions SMALL =
      new LimitOptions(40, 120, 5, 1000, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, ISO_8859_1);
  }

  private static Refusal scan(String text) {
    return new MessageScanner(SMALL, false).scan(bytes(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.0\r\n\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding:  CHUNKED \r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nName:\t\u00e4 \"b\" \r\nEmpty:\r\n\r\n"
      })
  void letsPassWhatIsWellFormed(String text) {
    var scanner = new MessageScanner(SMALL, false);
    assertThat(scanner.scan(bytes(text))).isNull();
    assertThat(scanner.inHead()).isFalse();
    assertThat(scanner.inBody()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\u0000\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\n: b\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n",
        "GET /\u0001 HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\nab",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"
      })
  void refusesWhatTwoReadersCouldReadInTwoWays(String text) {
    assertThat(scan(text)).isNotNull();
    assertThat(scan(text).failure()).isEqualTo(Failure.BAD_REQUEST);
  }

  @Test
  void holdsEachLimitToTheByte() {
    assertThat(scan("GET /" + "a".repeat(35))).isNull();
    assertThat(scan("GET /" + "a".repeat(36)).failure()).isEqualTo(Failure.TARGET_TOO_LONG);
    String head = "GET / HTTP/1.1\r\n";
    assertThat(scan(head + "a".repeat(120))).isNull();
    assertThat(scan(head + "a".repeat(121)).failure()).isEqualTo(Failure.HEADERS_TOO_LARGE);
    assertThat(scan(head + "a:" + "b".repeat(118))).isNull();
    assertThat(scan(head + "a:" + "b".repeat(119)).failure()).isEqualTo(Failure.HEADERS_TOO_LARGE);
    assertThat(scan(head + "a:\r\n".repeat(5))).isNull();
    assertThat(scan(head + "a:\r\n".repeat(6)).failure()).isEqualTo(Failure.HEADERS_TOO_LARGE);
  }

  @Test
  void findsWhereTheMessageBeganThatMustNotPass() {
    var scanner = new MessageScanner(SMALL, false);
    String good = "GET / HTTP/1.1\r\n\r\n";
    assertThat(scanner.scan(bytes(good + "GET\r\n"))).isNotNull();
    assertThat(scanner.messageStart()).isEqualTo(good.length());
  }

  @Test
  void readsAHeadThatIsLongerThanItsWindow() {
    var limits =
        new LimitOptions(9000, 90_000, 5, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);
    String long1 = "GET /" + "a".repeat(8000) + " HTTP/1.1\r\nA: " + "b".repeat(9000) + "\r\n\r\n";
    assertThat(new MessageScanner(limits, false).scan(bytes(long1 + long1))).isNull();
    assertThat(new MessageScanner(limits, false).scan(bytes(long1 + "x\u0000"))).isNotNull();
  }

  @Property
  void seesTheSameHoweverTheBytesAreCut(
      @ForAll("messages") String text, @ForAll("cuts") List<Integer> cuts) {
    assertThat(story(text, cuts)).isEqualTo(story(text, List.of()));
    assertThat(story(text, List.of(1))).isEqualTo(story(text, List.of()));
  }

  private static List<Object> story(String text, List<Integer> cuts) {
    var scanner = new MessageScanner(SMALL, true);
    Refusal refusal = null;
    int at = 0;
    for (int i = 0; at < text.length() && refusal == null; i++) {
      int length = cuts.isEmpty() ? text.length() : cuts.get(i % cuts.size());
      int end = Math.min(text.length(), at + length);
      refusal = scanner.scan(bytes(text.substring(at, end)));
      at = end;
    }
    List<Object> story = new ArrayList<>();
    story.add(String.valueOf(refusal));
    if (refusal == null) {
      story.add(scanner.inHead());
      story.add(scanner.inBody());
    }
    return story;
  }

  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(1, 9).list().ofMinSize(1).ofMaxSize(5);
  }

  @Provide
  Arbitrary<String> messages() {
    return Arbitraries.of(
            "GET / HTTP/1.1\r\n",
            "POST /some/longer/path?q=1 HTTP/1.1\r\n",
            "Host: a\r\n",
            "content-length: 3\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Upgrade: h2c\r\n",
            "X-" + "y".repeat(30) + ": " + "z".repeat(30) + "\r\n",
            "\r\n",
            "abc",
            "3\r\nabc\r\n",
            "0\r\n",
            "PRI * HTTP/2.0\r\n\r\n",
            "\r",
            "\n",
            " ",
            ":",
            "\u0000",
            "\u00ff",
            "HTTP/2.0",
            "7")
        .list()
        .ofMaxSize(12)
        .map(pieces -> String.join("", pieces));
  }
}
