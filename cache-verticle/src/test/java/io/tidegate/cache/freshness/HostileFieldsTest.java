package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a peer sends is judged, and never ends in an exception. */
class HostileFieldsTest {
  private static final List<String> NAMES =
      List.of(
          "Cache-Control",
          "CDN-Cache-Control",
          "Surrogate-Control",
          "Surrogate-Key",
          "Cache-Tag",
          "Pragma",
          "Expires",
          "Date",
          "Last-Modified",
          "Age",
          "ETag",
          "Vary",
          "Connection",
          "Content-Length",
          "Location",
          "Content-Location",
          "If-None-Match",
          "If-Modified-Since",
          "If-Range",
          "Range",
          "Accept-Encoding",
          "Accept-Language",
          "Foo");

  @Property(tries = 3000)
  void anyFieldsAreJudged(
      @ForAll("messages") MultiMap request, @ForAll("messages") MultiMap response) {
    var fetch = new Fetch("GET", request, 200, response, Samples.NOW, Samples.NOW);
    assertThat(Storing.judge(fetch, CachePolicy.DEFAULTS)).isNotNull();
    assertThat(Storing.judge(fetch, Samples.ttl(60))).isNotNull();
    assertThat(Bypass.of("GET", request, CachePolicy.DEFAULTS)).isNotNull();
    assertThat(
            Invalidation.keys(
                "POST", "http", "a", "/x", null, 200, response, CachePolicy.Key.WHOLE))
        .isNotEmpty();
  }

  @Property(tries = 3000)
  void anythingStoredIsUsedOrNot(
      @ForAll("messages") MultiMap request, @ForAll("messages") MultiMap response) {
    StoredResponse stored = stored(response);
    Terms terms = Terms.of(stored);
    var directives = RequestDirectives.of(request);
    assertThat(Reuse.judge(stored, terms, directives, CachePolicy.DEFAULTS, Samples.NOW, false))
        .isNotNull();
    Answer answer = Answer.of(stored, "GET", request);
    assertThat(answer.offset()).isBetween(0L, 10L);
    assertThat(answer.offset() + answer.length()).isBetween(0L, 10L);
  }

  @Property(tries = 3000)
  void anythingStoredIsValidated(
      @ForAll("messages") MultiMap request, @ForAll("messages") MultiMap response) {
    StoredResponse stored = stored(response);
    assertThat(Validation.conditions(Optional.of(stored), List.of(stored))).isNotNull();
    assertThat(Validation.identified(List.of(stored), request)).isNotNull();
    var told = new Fetch("GET", request, 304, response, Samples.NOW, Samples.NOW);
    assertThat(Validation.freshened(stored, told, CachePolicy.DEFAULTS).response().body())
        .isSameAs(stored.body());
    assertThat(Validation.freshenedByHead(stored, told, CachePolicy.DEFAULTS)).isNotNull();
  }

  @Property(tries = 2000)
  void anyTargetHasOneKey(@ForAll("values") String path, @ForAll("values") String query) {
    for (CachePolicy.Key key :
        List.of(
            CachePolicy.Key.WHOLE,
            new CachePolicy.Key(List.of("a"), List.of(), false),
            new CachePolicy.Key(List.of(), List.of("a*"), false))) {
      String once = RequestKey.of("http", "a", path, query, key);
      assertThat(once).startsWith("GET http://a");
      assertThat(RequestKey.of("HTTP", "A:80", path, query, key)).isEqualTo(once);
    }
  }

  private static StoredResponse stored(MultiMap response) {
    return new StoredResponse(
        "GET http://a/",
        200,
        Fields.of(response),
        Buffer.buffer("0123456789"),
        Samples.NOW,
        Samples.NOW,
        0,
        60,
        List.of("accept-encoding", "accept-language", "foo"),
        "",
        List.of(),
        0,
        false);
  }

  @Provide
  Arbitrary<MultiMap> messages() {
    Arbitrary<String> lines =
        Combinators.combine(Arbitraries.of(NAMES), values())
            .as((name, value) -> name + ":" + value);
    return lines
        .list()
        .ofMaxSize(8)
        .map(
            all -> {
              MultiMap fields = MultiMap.caseInsensitiveMultiMap();
              for (String line : all) {
                int colon = line.indexOf(':');
                fields.add(line.substring(0, colon), line.substring(colon + 1));
              }
              return fields;
            });
  }

  @Provide
  Arbitrary<String> values() {
    Arbitrary<String> anything =
        Arbitraries.strings().withCharRange(' ', '\u00ff').withChars('\t').ofMaxLength(24);
    Arbitrary<String> pointed =
        Arbitraries.strings().withChars("=,;\"\\ *%&?()@:-.09azW/#").ofMaxLength(24);
    Arbitrary<String> meant =
        Arbitraries.of(
                "max-age=",
                "no-cache=\"",
                "public",
                "*",
                "bytes=",
                "W/\"",
                "Thu, 18 Aug 2050 02:01:18 GMT",
                "/..",
                "//a")
            .flatMap(start -> pointed.map(end -> start + end));
    return Arbitraries.oneOf(anything, pointed, meant);
  }
}
