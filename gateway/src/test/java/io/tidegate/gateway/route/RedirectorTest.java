package io.tidegate.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectorTest {
  @ParameterizedTest
  @CsvSource({
    "https://example.org/{path}, /a/b/, x=1, https://example.org/a/b/?x=1",
    "https://example.org/{path}, /, , https://example.org/",
    "https://example.org:8443/x/{path}, /a, '', https://example.org:8443/x/a?",
    "https://[::1]:8443, /a, , https://[::1]:8443",
    "https://example.org, /a, y, https://example.org?y",
    "/{path}, /a//b, , /a/b",
    "/new, /a, x, /new?x",
    "/new?from=old, /a, x=1, /new?from=old",
    "/new#top, /a, x=1, /new?x=1#top",
  })
  void writesTheLocation(String to, String path, String query, String location) {
    assertThat(location("/**", to, path, query)).isEqualTo(location);
  }

  @ParameterizedTest
  @CsvSource({
    "/users/{id}, /people/{id}, /users/7, /people/7",
    "/users/{id}, /people?id={id}&x=1, /users/7&x=2;y=+, /people?id=7%26x%3D2%3By%3D%2B&x=1",
  })
  void fillsParametersIn(String match, String to, String path, String location) {
    assertThat(location(match, to, path, null)).isEqualTo(location);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{path}",
        "//{path}",
        "//example.org",
        "https://{id}.example.org/",
        "https://example.org{path}",
        "{id}://example.org/",
        "javascript:alert(1)",
        "https://a@b/",
        "example.org/x",
        "",
        "?x",
        "#x",
        "/a b",
        "/a\r\nSet-Cookie: x",
        "/\\evil",
        "https:///x",
        "/a/../b",
        "/x{path}",
        "/#{path}"
      })
  void refusesATargetThatAClientCouldBend(String to) {
    assertThatThrownBy(() -> location("/{id}/**", to, "/1/a", null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example",
        "///evil.example",
        "/%2Fevil.example",
        "/%5Cevil.example",
        "/a/..//evil.example",
        "/javascript:alert(1)",
        "/@evil.example",
        "/.evil.example",
        "/:80"
      })
  void staysOnItsHostWhateverThePath(String path) {
    assertThat(hostOf(location("/**", "/{path}", path, null))).isEqualTo("here");
    assertThat(hostOf(location("/**", "https://example.org/{path}", path, null)))
        .isEqualTo("example.org");
  }

  @Property(tries = 3000)
  void neverLeavesItsHostNorItsHeaderLine(@ForAll("paths") String path) {
    if (RequestTarget.read(path, path) instanceof RequestTarget.Valid valid) {
      String location = redirector("/**", "/{path}").location(valid.path(), valid.query());
      assertThat(location).matches("/([^/\\\\][!-~]*)?");
      assertThat(hostOf(location.split("\\?")[0])).isEqualTo("here");
    }
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "/", "/", "\\", ".", "%2F", "%5C", "@", ":", "evil", "\r\n", "%0D%0A", ";", "?")
        .list()
        .ofMaxSize(8)
        .map(parts -> "/" + String.join("", parts));
  }

  private static String hostOf(String location) {
    return URI.create("http://here/a").resolve(location).getHost();
  }

  private static String location(String match, String to, String path, String query) {
    RequestTarget.Valid target = (RequestTarget.Valid) RequestTarget.read(path, query);
    return redirector(match, to).location(target.path(), target.query());
  }

  private static Redirector redirector(String match, String to) {
    return Redirector.compile(new Target.Redirect(to, 308), PathPattern.parse(match));
  }
}
