package io.tidegate.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderEditorTest {
  @Test
  void removesThenSetsThenAddsInAnyCase() {
    HeaderEdits edits =
        new HeaderEdits(
            Map.of("x-set", "new"), Map.of("X-ADD", "2", "X-Gone", "back"), List.of("X-GONE"));
    MultiMap headers =
        HttpHeaders.headers()
            .add("X-Set", "old")
            .add("X-Set", "older")
            .add("x-add", "1")
            .add("x-gone", "1")
            .add("x-kept", "1");
    HeaderEditor.compile(edits).apply(headers);
    assertThat(headers.getAll("X-Set")).containsExactly("new");
    assertThat(headers.getAll("X-Add")).containsExactly("1", "2");
    assertThat(headers.getAll("X-Gone")).containsExactly("back");
    assertThat(headers.getAll("X-Kept")).containsExactly("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "transfer-encoding", "Connection", "Host", "Upgrade"})
  void leavesFramingAndConnectionToTheGateway(String name) {
    assertThatThrownBy(
            () -> HeaderEditor.compile(new HeaderEdits(Map.of(name, "1"), Map.of(), List.of())))
        .hasMessage("the gateway decides on this header itself: " + name);
    assertThatThrownBy(
            () -> HeaderEditor.compile(new HeaderEdits(Map.of(), Map.of(), List.of(name))))
        .hasMessage("the gateway decides on this header itself: " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "a\n", "é", "a(b)"})
  void refusesANameThatIsNoToken(String name) {
    assertThatThrownBy(
            () -> HeaderEditor.compile(new HeaderEdits(Map.of(), Map.of(name, "1"), List.of())))
        .hasMessage("not a header name: " + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nb: c", "a\n", "\u0000", " a", "a ", "\u20ac"})
  void refusesAValueThatWouldNotSurviveOnALine(String value) {
    assertThatThrownBy(
            () -> HeaderEditor.compile(new HeaderEdits(Map.of("a", value), Map.of(), List.of())))
        .hasMessage("not a header value: a: " + value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a b", "a\tb", "\"{1, 2}\"", "é"})
  void takesOtherValuesAsTheyAre(String value) {
    MultiMap headers = HttpHeaders.headers();
    HeaderEditor.compile(new HeaderEdits(Map.of("a", value), Map.of(), List.of())).apply(headers);
    assertThat(headers.get("A")).isEqualTo(value);
  }
}
