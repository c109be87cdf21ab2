package io.tidegate.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RewriterTest {
  @Test
  void givesTheSameInstanceBackWhenThereIsNothingToRewrite() {
    String path = "/a/b";
    assertThat(rewriter("/**", null, null, null).rewrite(path)).isSameAs(path);
    assertThat(rewriter("/**", "/x", null, null).rewrite(path)).isSameAs(path);
  }

  @ParameterizedTest
  @CsvSource({
    "/orders, /",
    "/orders/, /",
    "/orders/1, /1",
    "/orders/1/, /1/",
    "/ordersx, /ordersx",
    "/a/orders, /a/orders"
  })
  void stripsAPrefixInWholeSegmentsOnly(String path, String expected) {
    assertThat(rewriter("/**", "/orders", null, null).rewrite(path)).isEqualTo(expected);
    assertThat(rewriter("/**", "/orders/", null, null).rewrite(path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"/, /v2/", "/a, /v2/a", "/a/, /v2/a/"})
  void addsAPrefix(String path, String expected) {
    assertThat(rewriter("/**", null, "/v2", null).rewrite(path)).isEqualTo(expected);
    assertThat(rewriter("/**", null, "/v2/", null).rewrite(path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"/orders, /v2", "/orders/, /v2/", "/orders/1, /v2/1"})
  void putsWhatIsLeftUnderTheAddedPrefix(String path, String expected) {
    assertThat(rewriter("/orders/**", "/orders", "/v2", null).rewrite(path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/{id}/b/{n}, /v2/{n}-{id}.json, /a/1/b/x%2Fy, /v2/x%2Fy-1.json",
    "/a/**, /v2/{path}, /a/b/c/, /v2/b/c/",
    "/a/**, /v2/{path}, /a, /v2/",
    "/a/**, /v2/{path}/end, /a, /v2/end",
    "/a/**, /v2/{path}/end, /a/b/, /v2/b/end",
    "/a/**, /{path}, /a, /",
    "/{t}/**, /x/{path}/{t}, /7/b, /x/b/7",
  })
  void fillsThePathFromParametersAndRest(
      String match, String template, String path, String expected) {
    assertThat(rewriter(match, null, null, template).rewrite(path)).isEqualTo(expected);
  }

  @Test
  void replacesThenStripsThenAdds() {
    assertThat(rewriter("/a/{id}", "/x", "/v2", "/x/{id}").rewrite("/a/1")).isEqualTo("/v2/1");
  }

  @ParameterizedTest
  @CsvSource({
    "/a/{id}, /v2/{name}, {name} is no parameter of /a/{id}",
    "/a/{id}, '/v2/{path}', '{path} needs a match that ends in /**, not /a/{id}'",
    "/a/**, /v2{path}, {path} takes whole segments: /v2{path}",
    "/a/**, /v2/{path}.., {path} takes whole segments: /v2/{path}..",
    "/a/{id}, /v2/..{id}, a segment does not start with dots and {name}: /v2/..{id}",
    "/a/{id}, {id}, the path does not start with a slash: {id}",
    "/a/{id}, /{id}?x, the path contains the character 0x3F at 2: /{id}?x",
    "/a/{id}, /{id, the path contains the character 0x7B at 1: /{id",
  })
  void refusesATemplateThatCouldNotBeFilled(String match, String template, String message) {
    assertThatThrownBy(() -> rewriter(match, null, null, template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void refusesPrefixesThatAreNoPath() {
    assertThatThrownBy(() -> rewriter("/**", "orders", null, null))
        .hasMessage("the path does not start with a slash: orders");
    assertThatThrownBy(() -> rewriter("/**", null, "/a b", null))
        .hasMessage("the path contains the character 0x20 at 2: /a b");
  }

  @Property(tries = 3000)
  void theResultIsAlwaysInNormalForm(
      @ForAll("paths") String path, @ForAll("templates") String template) {
    if (RequestTarget.read("/p/q/" + path, null) instanceof RequestTarget.Valid valid
        && PathPattern.parse("/p/{id}/**").matches(valid.path())) {
      Rewriter rewriter = rewriter("/p/{id}/**", null, null, template);
      assertThat(PathNormalizer.isNormal(rewriter.rewrite(valid.path()))).isTrue();
      Rewriter stripping = rewriter("/p/{id}/**", "/p/q", "/v2", null);
      assertThat(PathNormalizer.isNormal(stripping.rewrite(valid.path()))).isTrue();
    }
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of("/", ".", "a", "%2F", ";", "b")
        .list()
        .ofMaxSize(8)
        .map(l -> String.join("", l));
  }

  @Provide
  Arbitrary<String> templates() {
    return Arbitraries.of(
        "/{path}", "/x/{path}", "/{id}/{path}/", "/{path}/{id}", "/{path}/x{id}.y/");
  }

  private static Rewriter rewriter(String match, String strip, String add, String path) {
    RewriteOptions options =
        new RewriteOptions(
            Optional.ofNullable(strip),
            Optional.ofNullable(add),
            Optional.ofNullable(path),
            RewriteOptions.UPSTREAM);
    return Rewriter.compile(options, PathPattern.parse(match));
  }
}
