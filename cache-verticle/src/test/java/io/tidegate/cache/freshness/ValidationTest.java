package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.freshness.Validation.Freshened;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidationTest {
  private static final String STALE = "Cache-Control: max-age=0 ^ Date: {0} ^";
  private static final long LATER = Samples.NOW + 60 * Samples.SECOND;

  private static Fetch notModified(String request, String response) {
    return new Fetch("GET", Samples.fields(request), 304, Samples.fields(response), LATER, LATER);
  }

  private static Freshened freshened(StoredResponse stored, String response) {
    return Validation.freshened(stored, notModified("", response), CachePolicy.DEFAULTS);
  }

  @Test
  void asksByTheTagsOfAllVariantsAndByTheDateOfTheOneSelected() {
    StoredResponse one = Samples.stored("", STALE + "ETag: \"1\" ^ Last-Modified: {-9}", "x");
    StoredResponse two = Samples.stored("", STALE + "ETag: W/\"2\"", "y");
    Fields asked = Validation.conditions(Optional.of(one), List.of(two, one));
    assertThat(asked.get("If-None-Match")).as("RFC 9111 §4.3.1").isEqualTo("\"1\", W/\"2\"");
    assertThat(asked.get("If-Modified-Since")).isEqualTo(Samples.date(-9));
  }

  @Test
  void asksByTagsAloneWhenNoVariantIsSelected() {
    StoredResponse one = Samples.stored("", STALE + "ETag: \"1\" ^ Last-Modified: {-9}", "x");
    Fields asked = Validation.conditions(Optional.empty(), List.of(one));
    assertThat(asked.get("If-None-Match")).isEqualTo("\"1\"");
    assertThat(asked.contains("If-Modified-Since")).isFalse();
  }

  @Test
  void hasNothingToAskByWithoutValidators() {
    StoredResponse plain = Samples.stored("Cache-Control: max-age=9", "x");
    assertThat(Validation.conditions(Optional.of(plain), List.of(plain)).size()).isZero();
  }

  /** RFC 9111 §4.3.4. What is stored: 0 and 1 with the first validator, 2 with the second. */
  @ParameterizedTest(name = "stored {0} and {1}, 304 with {2}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
ETag: "a"             | ETag: "b"             | ETag: "a"             | 0 1
ETag: "a"             | ETag: "b"             | ETag: "b"             | 2
ETag: "a"             | ETag: "b"             | ETag: "c"             | none
ETag: W/"a"           | ETag: "b"             | ETag: "a"             | none
ETag: W/"a"           | ETag: "b"             | ETag: W/"a"           | 1
ETag: "a"             | ETag: "b"             | ETag: W/"b"           | 2
ETag: "a"             | ETag: "b"             | ETag: W/"c"           | none
Last-Modified: {-50}  | Last-Modified: {-60}  | Last-Modified: {-50}  | 1
Last-Modified: {-50}  | Last-Modified: {-60}  | Last-Modified: {-60}  | 2
Last-Modified: {-50}  | Last-Modified: {-60}  | Last-Modified: {-70}  | none
ETag: "a"             | ETag: "b"             | X: y                  | none
""")
  void a304IsAboutThese(String first, String second, String response, String expected) {
    StoredResponse old = Samples.stored(STALE + first, "x");
    StoredResponse same = later(Samples.stored(STALE + first, "x"));
    StoredResponse other = Samples.stored(STALE + second, "y");
    List<StoredResponse> asked = List.of(old, same, other);
    List<String> places =
        Validation.identified(asked, Samples.fields(response)).stream()
            .map(each -> Integer.toString(asked.indexOf(each)))
            .toList();
    assertThat(places.isEmpty() ? "none" : String.join(" ", places)).isEqualTo(expected);
  }

  private static StoredResponse later(StoredResponse stored) {
    return new StoredResponse(
        stored.key(),
        stored.status(),
        stored.headers(),
        stored.body(),
        LATER,
        LATER,
        0,
        0,
        stored.vary(),
        stored.variant(),
        stored.tags(),
        0,
        false);
  }

  @Test
  void a304WithoutValidatorsIsAboutTheOnlyOneAsked() {
    StoredResponse only = Samples.stored(STALE + "ETag: \"a\"", "x");
    assertThat(Validation.identified(List.of(only), Samples.fields("Date: {0}")))
        .containsExactly(only);
  }

  /** RFC 9111 §3.2. */
  @ParameterizedTest(name = "{0}, then {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
Test: A                                       | X: y                                     | A
Test: A                                       | Test: B                                  | B
Test: A ^ Test: AA                            | test: B                                  | B
X: y                                          | Test: B                                  | B
Test: A                                       | Connection: Test ^ Test: B               | A
""")
  void a304UpdatesWhatItNames(String before, String update, String expected) {
    StoredResponse stored = Samples.stored(STALE + "ETag: \"a\" ^" + before, "x");
    StoredResponse updated = freshened(stored, "ETag: \"a\" ^" + update).response();
    assertThat(updated.headers().all("Test")).containsExactly(expected);
    assertThat(updated.body()).isSameAs(stored.body());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Content-Length: 1, Content-Length: 36",
    "Content-Encoding: gzip, Content-Encoding: br",
    "Content-Range: a, Content-Range: b"
  })
  void a304DoesNotUpdateWhatDescribesTheBytes(String before, String update) {
    StoredResponse stored = Samples.stored(STALE + "ETag: \"a\" ^" + before, "x");
    Fields headers = freshened(stored, "ETag: \"a\" ^" + update).response().headers();
    String name = before.substring(0, before.indexOf(':'));
    assertThat(headers.all(name)).containsExactly(stored.headers().get(name));
  }

  @Test
  void a304KeepsNothingOfOneHopAndNoCookie() {
    StoredResponse stored = Samples.stored(STALE + "ETag: \"a\"", "x");
    Fields headers =
        freshened(
                stored, "Set-Cookie: a=b ^ Keep-Alive: x ^ Age: 5 ^ Surrogate-Key: k ^ Upgrade: x")
            .response()
            .headers();
    assertThat(headers.toString()).isEqualTo(stored.headers().toString());
  }

  @Test
  void a304GivesANewLifetimeAndAge() {
    StoredResponse stored = Samples.stored(STALE + "ETag: \"a\"", "x");
    StoredResponse fresh =
        freshened(stored, "Cache-Control: max-age=60 ^ Date: {+60} ^ Age: 7").response();
    assertThat(fresh.lifetimeSeconds()).isEqualTo(60);
    assertThat(fresh.ageSeconds(LATER)).isEqualTo(7);
    assertThat(fresh.headers().get("Date")).isEqualTo(Samples.date(60));
  }

  @Test
  void a304KeepsTagsAndTakesNewOnes() {
    StoredResponse stored = Samples.stored(STALE + "ETag: \"a\" ^ Surrogate-Key: k", "x");
    assertThat(freshened(stored, "Surrogate-Key: l").response().tags())
        .containsExactlyInAnyOrder("k", "l");
  }

  @Test
  void a304MayNameMoreToVaryOn() {
    StoredResponse stored = Samples.stored("Foo: 1", STALE + "ETag: \"a\" ^ Vary: Foo", "x");
    var told = notModified("Foo: 1 ^ Bar: 2", "Vary: Foo, Bar");
    StoredResponse fresh = Validation.freshened(stored, told, CachePolicy.DEFAULTS).response();
    assertThat(fresh.vary()).containsExactly("bar", "foo");
    assertThat(Variants.select(List.of(fresh), Samples.fields("Foo: 1 ^ Bar: 2"))).contains(fresh);
    assertThat(Variants.select(List.of(fresh), Samples.fields("Foo: 1"))).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      Cache-Control: no-store | NO_STORE
      Cache-Control: private  | PRIVATE
      Vary: *                 | VARY
      """)
  void a304MayEndTheStoring(String response, Storability.Unstorable expected) {
    StoredResponse stored = Samples.stored(STALE + "ETag: \"a\" ^ Test: A", "x");
    Freshened freshened = freshened(stored, response + " ^ Test: B");
    assertThat(freshened.unstorable()).contains(expected);
    assertThat(freshened.response().headers().get("Test")).isEqualTo("B");
    assertThat(freshened.response().lifetimeSeconds()).isZero();
  }

  /** RFC 9111 §4.3.5. */
  @ParameterizedTest(name = "{0}, HEAD with {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
X: y                  | X: z                  | true
ETag: "a"             | ETag: "a"             | true
ETag: "a"             | ETag: "b"             | false
X: y                  | ETag: "b"             | false
ETag: "a"             | X: z                  | true
Last-Modified: {-50}  | Last-Modified: {-50}  | true
Last-Modified: {-50}  | Last-Modified: {-40}  | false
X: y                  | Content-Length: 1     | true
X: y                  | Content-Length: 2     | false
""")
  void aHeadFreshensWhatItIsAbout(String before, String head, boolean same) {
    StoredResponse stored = Samples.stored("Cache-Control: max-age=2 ^" + before, "x");
    var exchange =
        new Fetch(
            "HEAD",
            Samples.fields(""),
            200,
            Samples.fields("Cache-Control: max-age=1000 ^ Test: B ^" + head),
            LATER,
            LATER);
    Optional<Freshened> found = Validation.freshenedByHead(stored, exchange, CachePolicy.DEFAULTS);
    assertThat(found.isPresent()).isEqualTo(same);
    assertThat(found.map(each -> each.response().lifetimeSeconds()).orElse(1000L)).isEqualTo(1000);
    assertThat(found.map(each -> each.response().headers().get("Test")).orElse("B")).isEqualTo("B");
  }
}
