package io.tidegate.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/a",
        "/a/",
        "/a/b.c",
        "/.well-known/x",
        "/...",
        "/a/..b",
        "/a/.b/..c.",
        "/a;v=1/b",
        "/a%2Fb",
        "/a%2F.b",
        "/%E2%82%AC",
        "/a%20b",
        "/a%3Bb",
        "/a:b@c!$&'()*+,=~_-"
      })
  void returnsTheVeryInstanceOfANormalPath(String path) {
    assertThat(pathOf(path)).isSameAs(path);
  }

  @ParameterizedTest
  @CsvSource({
    "//, /",
    "//a///b//, /a/b/",
    "/a/./b, /a/b",
    "/a/../b, /b",
    "/a/b/.., /a/",
    "/a/b/., /a/b/",
    "/., /",
    "/a/.., /",
    "/a/%2e%2E/b, /b",
    "/a/.%2e/b, /b",
    "/%7euser/%41%2d, /~user/A-",
    "/a%2fb, /a%2Fb",
    "/a%5cb, /a%5Cb",
    "/%e2%82%ac, /%E2%82%AC",
    "/a//../b, /b",
    "/a%252e, /a%252e",
  })
  void bringsAPathIntoItsNormalForm(String path, String normal) {
    assertThat(pathOf(path)).isEqualTo(normal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "*", "a", "http://h/a", "/a b", "/a\\b", "/a#b", "/a\tb", "/a\rb", "/a\u0000",
            "/a\u007f",
        "/\u00e9", "/\uff0fa", "/%", "/%2", "/%2g", "/%zz", "/%%41", "/%00", "/a%00b", "/a<b",
            "/a\"b",
        "/a|b", "/a[b", "/a{b}", "/a?b", "/%\u0661\u0661"
      })
  void refusesWhatIsNoPathOfTheGrammar(String path) {
    assertThat(RequestTarget.read(path, null)).isInstanceOf(RequestTarget.Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/..", "/../a", "/a/../..", "/a/%2e%2e/../b", "//..//a", "/./../a"})
  void refusesToClimbAboveTheRoot(String path) {
    assertThat(RequestTarget.read(path, null))
        .isEqualTo(new RequestTarget.Invalid("the path climbs above the root"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a/..%2fb",
        "/a/..%2Fb",
        "/a%2F..",
        "/a%5c..%5cb",
        "/a%2f%2e%2e/b",
        "/a/..;/b",
        "/a/..;x=1/b",
        "/a/.;/b",
        "/a/..%3B/b",
        "/..;",
        "/a%2F.;b"
      })
  void refusesDotsThatOnlySomeServersTakeForASegment(String path) {
    assertThat(RequestTarget.read(path, null)).isInstanceOf(RequestTarget.Invalid.class);
  }

  @Test
  void splitsAtTheFirstQuestionMark() {
    assertThat(RequestTarget.read("/a//b?x=?&y=[1|2]%zz"))
        .isEqualTo(new RequestTarget.Valid("/a/b", "x=?&y=[1|2]%zz"));
    assertThat(RequestTarget.read("/a?")).isEqualTo(new RequestTarget.Valid("/a", ""));
    assertThat(RequestTarget.read("/a")).isEqualTo(new RequestTarget.Valid("/a", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\nb", "a\u0000", "a#b", "\u00e9", "\u007f"})
  void refusesAQueryThatCouldNotStandOnARequestLine(String query) {
    assertThat(RequestTarget.read("/", query)).isInstanceOf(RequestTarget.Invalid.class);
  }

  @Property(tries = 5000)
  void isIdempotent(@ForAll("paths") String path) {
    if (RequestTarget.read(path, null) instanceof RequestTarget.Valid valid) {
      assertThat(pathOf(valid.path())).isSameAs(valid.path());
    }
  }

  @Property(tries = 5000)
  void leavesNeitherDotSegmentsNorDoubledSlashes(@ForAll("paths") String path) {
    if (RequestTarget.read(path, null) instanceof RequestTarget.Valid valid) {
      assertThat(valid.path()).startsWith("/").doesNotContain("//");
      String parametersCut = valid.path().replaceAll("(;|%3B)((?!/|%2F|%5C).)*", "");
      assertThat(parametersCut.split("/|%2F|%5C", -1)).doesNotContain(".", "..");
    }
  }

  @Property(tries = 5000)
  void neitherDecodesNorAddsReservedCharacters(@ForAll("paths") String path) {
    if (RequestTarget.read(path, null) instanceof RequestTarget.Valid valid
        && Arrays.stream(path.split("/"))
            .noneMatch(s -> s.replace("%2e", ".").matches("\\.\\.?"))) {
      for (String reserved : new String[] {";", ":", "%2F", "%5C", "%25", "%3B"}) {
        assertThat(count(valid.path(), reserved)).isEqualTo(count(path, reserved));
      }
      assertThat(count(valid.path(), "/")).isLessThanOrEqualTo(count(path, "/"));
    }
  }

  @Property(tries = 2000)
  void neverFailsOnAnyText(@ForAll String path) {
    assertThat(RequestTarget.read("/" + path)).isNotNull();
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "/", "/", "/", ".", "..", "a", "b", "%2e", "%2F", "%5C", ";", ":", "%41", "%25", "%3B",
            "~", "%7E", "c.d")
        .list()
        .ofMaxSize(12)
        .map(parts -> "/" + String.join("", parts));
  }

  private static int count(String text, String part) {
    return text.toUpperCase(Locale.ROOT).split(Pattern.quote(part), -1).length;
  }

  private static String pathOf(String path) {
    assertThat(RequestTarget.read(path, null)).isInstanceOf(RequestTarget.Valid.class);
    return ((RequestTarget.Valid) RequestTarget.read(path, null)).path();
  }
}
