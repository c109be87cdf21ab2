package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.cache.api.CachePolicy;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoringTest {
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
9111 3         | nothing said                    | 200 |                          | X: y                                                        | useless
9111 3         | a lifetime                      | 200 |                          | Cache-Control: max-age=60                                   | stored
9111 3         | stale at once, no validator     | 200 |                          | Cache-Control: max-age=0                                    | useless
9111 3         | stale at once, ETag             | 200 |                          | Cache-Control: max-age=0 ^ ETag: "a"                        | stored
9111 3         | stale at once, Last-Modified    | 200 |                          | Expires: {-9} ^ Last-Modified: {-99}                        | stored
9111 3         | older than its lifetime         | 200 |                          | Cache-Control: max-age=60 ^ Age: 60                         | useless
5861 3         | stale at once, but of use       | 200 |                          | Cache-Control: max-age=0, stale-while-revalidate=9          | stored
5861 4         | stale at once, but of use       | 200 |                          | Cache-Control: max-age=0, stale-if-error=9                  | stored
9111 4.2.4     | stale at once, and must not be  | 200 |                          | Cache-Control: max-age=0, stale-if-error=9, must-revalidate | useless
9111 5.2.2.5   | no-store                        | 200 |                          | Cache-Control: no-store                                     | no-store
9111 5.2.2.5   | no-store, without case          | 200 |                          | Cache-Control: nO-StOrE                                     | no-store
9111 5.2.2.5   | no-store and a lifetime         | 200 |                          | Cache-Control: max-age=60, no-store ^ Expires: {+60}        | no-store
9111 5.2.2.5   | no-store on a second line       | 200 |                          | Cache-Control: max-age=60 ^ Cache-Control: no-store         | no-store
9111 5.2       | no-store behind an open quote   | 200 |                          | Cache-Control: max-age=60, x="y, no-store                   | no-store
9111 5.2       | no-store inside quotes          | 200 |                          | Cache-Control: max-age=60, x="y, no-store"                  | stored
9111 5.2.1.5   | no-store in the request         | 200 | Cache-Control: no-store  | Cache-Control: max-age=60                                   | request-no-store
9111 5.2.2.7   | private                         | 200 |                          | Cache-Control: private, max-age=60                          | private
9111 5.2.2.7   | private with fields             | 200 |                          | Cache-Control: private="x-user", max-age=60                 | stored
9111 5.2.2.7   | private with rubbish            | 200 |                          | Cache-Control: private="x y", max-age=60                    | private
9111 5.2.2.7   | private with nothing            | 200 |                          | Cache-Control: private="", max-age=60                       | private
9111 5.2.2.4   | no-cache without validator      | 200 |                          | Cache-Control: no-cache, max-age=60                         | useless
9111 5.2.2.4   | no-cache with validator         | 200 |                          | Cache-Control: no-cache ^ ETag: "a"                         | stored
9111 3.5       | authorised                      | 200 | Authorization: x         | Cache-Control: max-age=60                                   | authorization
9111 3.5       | authorised, public              | 200 | Authorization: x         | Cache-Control: max-age=60, public                           | stored
9111 3.5       | authorised, must-revalidate     | 200 | Authorization: x         | Cache-Control: max-age=60, must-revalidate                  | stored
9111 3.5       | authorised, s-maxage            | 200 | Authorization: x         | Cache-Control: s-maxage=60                                  | stored
9111 3.5       | authorised, Expires             | 200 | Authorization: x         | Expires: {+60}                                              | authorization
9111 3.5       | authorised, guess               | 200 | Authorization: x         | Last-Modified: {-9999}                                      | authorization
9111 3         | a cookie in the request         | 200 | Cookie: a=b              | Cache-Control: max-age=60                                   | stored
9111 7.3       | sets a cookie                   | 200 |                          | Cache-Control: max-age=60 ^ Set-Cookie: a=b                 | set-cookie
9111 7.3       | sets a cookie, public           | 200 |                          | Cache-Control: max-age=60, public ^ Set-Cookie: a=b         | stored
9111 5.2.2.4   | sets a cookie, withheld         | 200 |                          | Cache-Control: max-age=60, no-cache="Set-Cookie" ^ Set-Cookie: a=b | stored
9111 4.1       | Vary: *                         | 200 |                          | Cache-Control: max-age=60 ^ Vary: *                         | vary
9111 4.1       | Vary: * among others            | 200 |                          | Cache-Control: max-age=60 ^ Vary: foo, *                    | vary
9111 4.1       | Vary: * on a second line        | 200 |                          | Cache-Control: max-age=60 ^ Vary: ^ Vary: , *               | vary
9111 4.1       | Vary of rubbish                 | 200 |                          | Cache-Control: max-age=60 ^ Vary: foo bar                   | vary
9111 5.2.2.3   | must-understand, known          | 200 |                          | Cache-Control: max-age=60, no-store, must-understand        | stored
9111 5.2.2.3   | must-understand, unknown        | 599 |                          | Cache-Control: max-age=60, no-store, must-understand        | status-not-understood
9111 5.2.2.3   | must-understand alone, unknown  | 599 |                          | Cache-Control: max-age=60, must-understand                  | status-not-understood
9111 3         | unknown status, a lifetime      | 599 |                          | Cache-Control: max-age=60                                   | stored
9111 4.2.2     | unknown status, no guess        | 599 |                          | Last-Modified: {-9999}                                      | no-lifetime
9111 5.2.2.9   | unknown status, public          | 599 |                          | Last-Modified: {-9999} ^ Cache-Control: public              | stored
9213 2.2       | targeted private                | 200 |                          | CDN-Cache-Control: private ^ Cache-Control: max-age=60      | private
9213 2.2       | targeted no-store               | 200 |                          | CDN-Cache-Control: no-store ^ Cache-Control: max-age=60     | no-store
9213 2.2       | targeted no-cache               | 200 |                          | CDN-Cache-Control: no-cache ^ Cache-Control: max-age=60     | useless
9213 2.2       | targeted puts no-store aside    | 200 |                          | CDN-Cache-Control: max-age=60 ^ Cache-Control: no-store     | stored
9213 2.1       | targeted, void                  | 200 |                          | CDN-Cache-Control: max-age=60, & ^ Cache-Control: no-store  | no-store
9213 2.1       | targeted, false                 | 200 |                          | CDN-Cache-Control: no-store=?0, max-age=60                  | stored
Edge 1.0       | surrogates must not             | 200 |                          | Surrogate-Control: no-store ^ Cache-Control: max-age=60     | no-store
Edge 1.0       | surrogates may, others not      | 200 |                          | Surrogate-Control: max-age=60 ^ Cache-Control: no-store     | no-store
9111 3.3       | interim                         | 103 |                          | Cache-Control: max-age=60                                   | status
9111 3.3       | partial                         | 206 |                          | Cache-Control: max-age=60 ^ Content-Range: bytes 0-4/10     | status
9110 15.4.5    | not modified                    | 304 |                          | Cache-Control: max-age=60 ^ ETag: "a"                       | status
9110 15.5.17   | of this request's range         | 416 |                          | Cache-Control: max-age=60                                   | status
9110 15.5.13   | of this request's condition     | 412 |                          | Cache-Control: max-age=60                                   | status
9110 15.5.2    | of this request's credentials   | 401 |                          | Cache-Control: max-age=60                                   | status
6585 4         | too many requests               | 429 |                          | Cache-Control: max-age=60                                   | status
""")
  void isStored(
      String section, String what, int status, String request, String response, String expected) {
    Storability judged = Samples.judge(status, request, response);
    assertThat(token(judged)).isEqualTo(expected);
  }

  private static String token(Storability judged) {
    return judged instanceof Storability.Unstorable refused ? refused.token() : "stored";
  }

  @ParameterizedTest(name = "RFC 9110 §15.1: {0}")
  @ValueSource(ints = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
  void aGuessIsMadeForTheseStatuses(int status) {
    assertThat(Samples.storable(status, "", "Last-Modified: {-9999}").lifetimeSeconds())
        .isEqualTo(999);
  }

  @ParameterizedTest(name = "RFC 9110 §15.1: {0}")
  @ValueSource(ints = {201, 202, 302, 303, 307, 400, 403, 500, 502, 503, 504, 599})
  void noGuessIsMadeForTheseStatuses(int status) {
    assertThat(Samples.judge(status, "", "Last-Modified: {-9999}"))
        .isEqualTo(Storability.Unstorable.NO_LIFETIME);
    assertThat(Samples.judge(status, "", "Cache-Control: max-age=60")).isInstanceOf(Storable.class);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"HEAD", "POST", "PUT", "DELETE", "OPTIONS", "get", "M-SEARCH"})
  void onlyGetIsStored(String method) {
    Fetch get = Samples.get(200, "", "Cache-Control: max-age=60");
    var fetch = new Fetch(method, get.request(), 200, get.response(), Samples.NOW, Samples.NOW);
    assertThat(Storing.judge(fetch, CachePolicy.DEFAULTS)).isEqualTo(Storability.Unstorable.METHOD);
  }

  @ParameterizedTest(name = "{0}: {2} {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
no lifetime named        | 200 |                  | X: y                                             | stored
lifetime of zero         | 200 |                  | Cache-Control: max-age=0                         | stored
stale Expires            | 200 |                  | Expires: 0                                       | stored
error                    | 500 |                  | X: y                                             | no-lifetime
no-store                 | 200 |                  | Cache-Control: no-store                          | no-store
private                  | 200 |                  | Cache-Control: private                           | private
no-cache                 | 200 |                  | Cache-Control: no-cache                          | useless
authorised               | 200 | Authorization: x | X: y                                             | authorization
sets a cookie            | 200 |                  | Set-Cookie: a=b                                  | set-cookie
""")
  void aForcedLifetimeStoresOnlyWhatMayBeStored(
      String what, int status, String request, String response, String expected) {
    Storability judged = Storing.judge(Samples.get(status, request, response), Samples.ttl(60));
    assertThat(token(judged)).isEqualTo(expected);
  }

  @Test
  void aRouteMayShareWhatWasAuthorised() {
    CachePolicy shared =
        Samples.policy(Optional.empty(), Optional.empty(), Optional.empty(), Set.of(), true);
    Fetch fetch = Samples.get(200, "Authorization: x", "Cache-Control: max-age=60");
    Fetch secret = Samples.get(200, "Authorization: x", "Cache-Control: private, max-age=60");
    assertThat(Storing.judge(fetch, shared)).isInstanceOf(Storable.class);
    assertThat(Storing.judge(secret, shared)).isEqualTo(Storability.Unstorable.PRIVATE);
  }

  @Test
  void aRouteThatListsStatusesStoresNoOther() {
    CachePolicy listed =
        Samples.policy(
            Samples.ttl(60).ttl(), Optional.empty(), Optional.empty(), Set.of(404, 500), false);
    assertThat(Storing.judge(Samples.get(404, "", "X: y"), listed)).isInstanceOf(Storable.class);
    assertThat(Storing.judge(Samples.get(500, "", "X: y"), listed)).isInstanceOf(Storable.class);
    assertThat(Storing.judge(Samples.get(200, "", "Cache-Control: max-age=9"), listed))
        .isEqualTo(Storability.Unstorable.STATUS_NOT_LISTED);
  }

  @Test
  void whatIsAnnouncedAsTooLargeIsNotStored() {
    assertThat(Samples.judge(200, "", "Cache-Control: max-age=60 ^ Content-Length: 99999999"))
        .isEqualTo(Storability.Unstorable.TOO_LARGE);
  }

  @Test
  void aBodyThatWasCutOffIsNotStored() {
    Storable storable = Samples.storable(200, "", "Cache-Control: max-age=60 ^ Content-Length: 5");
    assertThat(storable.isWhole(5)).isTrue();
    assertThat(storable.isWhole(4)).isFalse();
    assertThatThrownBy(() -> storable.with("k", Buffer.buffer("1234"), 0))
        .hasMessageContaining("4 bytes (expected: 5)");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
9111 3.1     | of the connection      | Connection: a, B ^ a: 1 ^ b: 2 ^ c: 3 ^ Keep-Alive: x ^ TE: x ^ Upgrade: x ^ Transfer-Encoding: x | Cache-Control,c
9111 3.1     | of a proxy             | Proxy-Authenticate: x ^ Proxy-Authentication-Info: x ^ Proxy-Authorization: x ^ Proxy-Connection: x | Cache-Control
9111 5.2.2.4 | withheld by no-cache   | Cache-Control: no-cache="a, b" ^ A: 1 ^ b: 2 ^ c: 3                   | Cache-Control,Cache-Control,c
9111 5.2.2.4 | withheld, as a token   | Cache-Control: no-cache=a ^ A: 1 ^ b: 2                              | Cache-Control,Cache-Control,b
9111 5.2.2.7 | withheld by private    | Cache-Control: private="a" ^ A: 1 ^ b: 2                             | Cache-Control,Cache-Control,b
9111 5.1     | Age is told anew       | Age: 3 ^ Date: {0}                                                   | Cache-Control,Date
9211 2       | the origin's status    | Cache-Status: origin; hit                                            | Cache-Control,Cache-Status
9213 3       | targeted, for others   | CDN-Cache-Control: max-age=60                                        | Cache-Control,CDN-Cache-Control
Edge 1.0     | for surrogates         | Surrogate-Control: max-age=60 ^ Surrogate-Key: a b ^ Cache-Tag: c     | Cache-Control,Cache-Tag
9111 7.3     | a cookie               | Cache-Control: public ^ Set-Cookie: a=b ^ Set-Cookie: c=d            | Cache-Control,Cache-Control
""")
  void theseFieldsAreKept(String section, String what, String response, String names) {
    Storable storable = Samples.storable(200, "", "Cache-Control: max-age=60 ^" + response);
    assertThat(String.join(",", names(storable))).isEqualTo(names);
  }

  private static List<String> names(Storable storable) {
    var names = new ArrayList<String>();
    storable.headers().forEach((name, value) -> names.add(name.toString()));
    return names;
  }

  @Test
  void tagsAreThoseOfTheRouteAndOfBothFields() {
    Fetch fetch =
        Samples.get(
            200,
            "",
            "Cache-Control: max-age=60 ^ Surrogate-Key: a  b ^ Surrogate-Key: c ^ Cache-Tag: d e , a,");
    var storable = (Storable) Storing.judge(fetch, Samples.varying(List.of()));
    assertThat(storable.tags()).containsExactly("route-tag", "a", "b", "c", "d e");
  }

  @Test
  void tagsAreBounded() {
    String many = "t,".repeat(10) + "x".repeat(300) + "," + numbered(1000);
    Storable storable = Samples.storable(200, "", "Cache-Control: max-age=60 ^ Cache-Tag: " + many);
    assertThat(storable.tags()).hasSize(256).allMatch(tag -> tag.length() <= 256);
  }

  private static String numbered(int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append('n').append(i).append(',');
    }
    return text.toString();
  }
}
