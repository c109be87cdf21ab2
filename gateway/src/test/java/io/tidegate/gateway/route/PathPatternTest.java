package io.tidegate.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {
  @ParameterizedTest
  @CsvSource({
    "/, /, EXACT",
    "/a/b, /a/b, EXACT",
    "/a/, /a/, EXACT",
    "//a//b, /a/b, EXACT",
    "/%7ea%2f, /~a%2F, EXACT",
    "/a/{id}, /a/{id}, TEMPLATE",
    "/{a}/x/{b-c}/, /{a}/x/{b-c}/, TEMPLATE",
    "/**, /**, PREFIX",
    "/a/**, /a/**, PREFIX",
    "/a//**, /a/**, PREFIX",
    "/a/{id}/**, /a/{id}/**, PREFIX",
  })
  void readsAPatternIntoNormalForm(String text, String normal, PathPattern.Kind kind) {
    PathPattern pattern = PathPattern.parse(text);
    assertThat(pattern).hasToString(normal).isEqualTo(PathPattern.parse(normal));
    assertThat(pattern.kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "a, a path starts with a slash: a",
    "'', 'a path starts with a slash: '",
    "/a{id}, '{name} takes a whole segment, not a part of one: /a{id}'",
    "/{a}{b}, 'a parameter''s name is letters, digits, _ and -, starting with a letter: /{a}{b}'",
    "/{}, 'a parameter''s name is letters, digits, _ and -, starting with a letter: /{}'",
    "/{path}, '{path} is what ** takes, choose another name: /{path}'",
    "/{a}/{a}, {a} stands twice in /{a}/{a}",
    "/a/*, 'a * stands only as ** at the end, {name} takes one segment: /a/*'",
    "/**/a, 'a * stands only as ** at the end, {name} takes one segment: /**/a'",
    "/a?b, 'a path has no query, match on ''query'' instead: /a?b'",
    "/a/../b, the path climbs above the root: /a/../b",
    "/a/./b, a pattern has no dot segments: /a/./b",
    "/a b, the path contains the character 0x20 at 2: /a b",
    "/%0g, the path contains a percent sign without two hex digits at 1: /%0g",
  })
  void saysWhatIsWrongWithAPattern(String text, String message) {
    assertThatThrownBy(() -> PathPattern.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void cutsParametersAndRestOutOfAPath() {
    PathPattern pattern = PathPattern.parse("/a/{id}/b/{name}/**");
    String path = "/a/7%2F8/b/x/y/z/";
    assertThat(pattern.parameters()).containsExactly("id", "name");
    assertThat(pattern.parameter("id", path)).contains("7%2F8");
    assertThat(pattern.parameter("name", path)).contains("x");
    assertThat(pattern.parameter("other", path)).isEmpty();
    assertThat(pattern.rest(path)).isEqualTo("y/z/");
  }

  @ParameterizedTest
  @CsvSource({"/orders, ''", "/orders/, ''", "/orders/1, 1", "/orders/1/, 1/", "/orders/1/2, 1/2"})
  void theRestHasNoLeadingSlash(String path, String rest) {
    assertThat(PathPattern.parse("/orders/**").rest(path)).isEqualTo(rest);
  }

  @Test
  void twoPatternsThatDifferInNamesOnlyHaveOneShape() {
    assertThat(PathPattern.parse("/a/{id}/**").shape())
        .isEqualTo(PathPattern.parse("/a/{name}/**").shape())
        .isNotEqualTo(PathPattern.parse("/a/{id}").shape());
  }
}
