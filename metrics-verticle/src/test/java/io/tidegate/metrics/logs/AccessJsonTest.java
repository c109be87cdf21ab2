package io.tidegate.metrics.logs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.Facts;
import io.tidegate.metrics.api.TraceContext;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class AccessJsonTest {
  private static final AccessJson JSON = new AccessJson();

  private static String line(Facts facts) {
    LineBuffer line = new LineBuffer(16);
    JSON.write(facts, line);
    return new String(line.copy(), StandardCharsets.UTF_8);
  }

  @Test
  void hasEveryFieldOfARequest() {
    Facts facts = new Facts();
    facts.trace = TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "");
    facts.failure = "client_closed";
    facts.status = 499;
    facts.leftDuring = "response";
    assertThat(line(facts))
        .isEqualTo(
            "{\"time\":\"2026-01-01T00:00:00.042Z\",\"level\":\"info\",\"logger\":\"access\","
                + "\"request_id\":\"r-1\",\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\","
                + "\"span_id\":\"b7ad6b7169203331\",\"client\":\"192.0.2.1\",\"method\":\"GET\","
                + "\"scheme\":\"http\",\"host\":\"api.example.com\",\"path\":\"/orders/1\","
                + "\"protocol\":\"HTTP/1.1\",\"route\":\"orders\",\"template\":\"/orders/{id}\","
                + "\"status\":499,\"source\":\"upstream\",\"failure\":\"client_closed\","
                + "\"first_cause\":\"client_closed\",\"client_left\":\"response\",\"attempts\":2,"
                + "\"upstream\":\"orders\",\"endpoint\":\"127.0.0.1:9001\","
                + "\"duration_ms\":12.345,\"upstream_ms\":10.000,\"queue_ms\":0.000,"
                + "\"bytes_in\":0,\"bytes_out\":1024}\n");
  }

  @Property(tries = 2000)
  void isOneLineOfJsonWhateverTheClientSends(
      @ForAll("anyChars") String path, @ForAll("anyChars") String host) {
    Facts facts = new Facts();
    facts.path = path;
    facts.host = host;
    String line = line(facts);
    assertThat(line).endsWith("}\n");
    assertThat(line.substring(0, line.length() - 1).chars()).noneMatch(c -> c < ' ' || c == 0x7f);
    JsonObject parsed = new JsonObject(line);
    assertThat(parsed.getString("path")).isEqualTo(withoutLoneSurrogates(path));
    assertThat(parsed.getString("host")).isEqualTo(withoutLoneSurrogates(host));
    assertThat(parsed.getInteger("status")).isEqualTo(200);
  }

  @Provide
  Arbitrary<String> anyChars() {
    return Arbitraries.chars().all().array(char[].class).ofMaxSize(200).map(String::new);
  }

  private static String withoutLoneSurrogates(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .forEach(
            point ->
                clean.appendCodePoint(
                    point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                        ? 0xfffd
                        : point));
    return clean.toString();
  }

  @Test
  void cutsALongPath() {
    Facts facts = new Facts();
    facts.path = "/" + "a".repeat(10_000);
    assertThat(new JsonObject(line(facts)).getString("path")).hasSize(2049).endsWith("…");
  }

  @Test
  void textForATerminalCannotMoveItsCursor() {
    Facts facts = new Facts();
    facts.path = "/\u001b[2J\r\nGET /forged 200";
    LineBuffer line = new LineBuffer(16);
    new AccessText().write(facts, line);
    String text = new String(line.copy(), StandardCharsets.UTF_8);
    assertThat(text).contains("/\\u001b[2J\\r\\nGET /forged 200").containsOnlyOnce("\n");
  }
}
