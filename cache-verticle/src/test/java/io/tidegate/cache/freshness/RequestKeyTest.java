package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.CachePolicy.Key;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestKeyTest {
  private static final Key ONLY_PAGE = new Key(List.of("page"), List.of(), false);
  private static final Key NO_TRACKING = new Key(List.of(), List.of("utm_*", "fbclid"), false);
  private static final Key NO_QUERY = new Key(List.of(), List.of(), true);

  private static String key(String target, Key key) {
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    String query = question < 0 ? null : target.substring(question + 1);
    return RequestKey.of("http", "a", path, query, key);
  }

  @Test
  void schemeHostAndDefaultPortHaveOneForm() {
    assertThat(RequestKey.of("HTTPS", "Example.COM:443", "/x", "q=1", Key.WHOLE))
        .isEqualTo("GET https://example.com/x?q=1");
    assertThat(RequestKey.of("http", "example.com:80", "/", null, Key.WHOLE))
        .isEqualTo("GET http://example.com/");
    assertThat(RequestKey.of("http", "example.com:443", "/", null, Key.WHOLE))
        .isEqualTo("GET http://example.com:443/");
    assertThat(RequestKey.of("http", "[2001:DB8::1]:8080", "/", null, Key.WHOLE))
        .isEqualTo("GET http://[2001:db8::1]:8080/");
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "/a?x=1, /a?x=1, true",
    "/a?x=%2f, /a?x=%2F, true",
    "/%c3%a9, /%C3%A9, true",
    "/a?x=1, /a?x=2, false",
    "/a?x=1, /A?x=1, false",
    "/a?x=1&y=2, /a?y=2&x=1, false",
    "/a?x=1&x=2, /a?x=2&x=1, false",
    "/a?x=1&x=1, /a?x=1, false",
    "/a?, /a, false",
    "/a?x, /a?x=, false",
    "/a?x=1;y=2, /a?x=1&y=2, false",
    "/a?x=%zz, /a?x=%ZZ, false",
    "/a?x=%7e, /a?x=~, false",
    "/a?x=a+b, /a?x=a%20b, false",
  })
  void theWholeQueryTellsApart(String one, String other, boolean same) {
    assertThat(key(one, Key.WHOLE).equals(key(other, Key.WHOLE))).isEqualTo(same);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "/a?page=2&x=1, /a?page=2",
    "/a?x=1, /a",
    "/a?, /a",
    "/a, /a",
    "/a?page=2&page=1, /a?page=2&page=1",
    "/a?x=1&page, /a?page",
    "/a?mypage=1, /a",
    "/a?page=%2f&x=2, /a?page=%2F",
  })
  void onlyListedParametersCount(String target, String expected) {
    assertThat(key(target, ONLY_PAGE)).isEqualTo("GET http://a" + expected);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "/a?utm_source=x&page=2, /a?page=2",
    "/a?page=2&fbclid=x, /a?page=2",
    "/a?utm_source=x, /a",
    "/a?utm%5Fsource=x, /a",
    "/a?UTM_SOURCE=x, /a?UTM_SOURCE=x",
    "/a?fbclid2=x, /a?fbclid2=x",
    "/a?, /a?",
    "/a?b=1&&c=2, /a?b=1&&c=2",
  })
  void ignoredParametersDoNotCount(String target, String expected) {
    assertThat(key(target, NO_TRACKING)).isEqualTo("GET http://a" + expected);
  }

  /** What some origin takes for {@code page=evil}, though another does not. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "x=1;page=evil",
        "utm_source=x;page=evil",
        "p%61ge=evil",
        "PAGE=evil",
        "page[]=evil",
        "page%5B%5D=evil",
        "+page=evil",
        "x=%26page=evil",
        "x=%3Bpage=evil",
        "x=%00page=evil",
        "x=%page=evil",
        "x=1?page=evil"
      })
  void nothingThatAnOriginMayTakeForACountedParameterIsLeftOut(String parameter) {
    assertThat(key("/a?page=1&" + parameter, ONLY_PAGE)).isNotEqualTo(key("/a?page=1", ONLY_PAGE));
    assertThat(key("/a?page=1&" + parameter, NO_TRACKING))
        .isNotEqualTo(key("/a?page=1", NO_TRACKING));
  }

  @Test
  void aRouteMaySayThatNoQueryCounts() {
    assertThat(key("/a?x=1", NO_QUERY)).isEqualTo(key("/a", NO_QUERY)).isEqualTo("GET http://a/a");
  }

  @ParameterizedTest(name = "RFC 9111 §4.4: {0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
      POST     | 200 | -                               | /dir/it?q=1
      PUT      | 204 | -                               | /dir/it?q=1
      DELETE   | 303 | -                               | /dir/it?q=1
      M-SEARCH | 200 | -                               | /dir/it?q=1
      POST     | 404 | -                               |
      POST     | 500 | Location: /x                    |
      POST     | 101 | Location: /x                    |
      GET      | 200 | Location: /x                    |
      HEAD     | 200 | -                               |
      OPTIONS  | 200 | -                               |
      PROPFIND | 207 | -                               |
      POST     | 201 | Location: /new                  | /dir/it?q=1 /new
      POST     | 201 | Location: new?z                 | /dir/it?q=1 /dir/new?z
      POST     | 201 | Location: ../new                | /dir/it?q=1 /new
      POST     | 201 | Location: http://a/new          | /dir/it?q=1 /new
      POST     | 201 | Location: HTTP://A:80/new#part  | /dir/it?q=1 /new
      POST     | 201 | Location: //a/new               | /dir/it?q=1 /new
      POST     | 201 | Location: http://a              | /dir/it?q=1 /
      POST     | 200 | Content-Location: /c            | /dir/it?q=1 /c
      POST     | 200 | Location: /l ^ Content-Location: /c | /dir/it?q=1 /l /c
      POST     | 201 | Location: http://b/new          | /dir/it?q=1
      POST     | 201 | Location: https://a/new         | /dir/it?q=1
      POST     | 201 | Location: http://a:81/new       | /dir/it?q=1
      POST     | 201 | Location: http://x@a/new        | /dir/it?q=1
      POST     | 201 | Location: mailto:a              | /dir/it?q=1
      POST     | 201 | Location: http://[              | /dir/it?q=1
      POST     | 201 | Location: %zz                   | /dir/it?q=1
      """)
  void aChangeMakesTheseDoubtful(String method, int status, String response, String expected) {
    Set<String> keys =
        Invalidation.keys(
            method, "http", "a", "/dir/it", "q=1", status, Samples.fields(response), Key.WHOLE);
    String paths = String.join(" ", keys).replace("GET http://a", "");
    assertThat(paths).isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void anInvalidatedTargetHasTheKeyOfTheRoute() {
    assertThat(
            Invalidation.keys(
                "POST", "http", "a", "/x", "utm_a=1", 200, Samples.fields(""), NO_TRACKING))
        .containsExactly("GET http://a/x");
  }
}
