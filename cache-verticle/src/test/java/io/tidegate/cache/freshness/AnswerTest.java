package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.StoredResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerTest {
  private static final String FRESH = "Cache-Control: max-age=60 ^ Date: {0} ^";

  @ParameterizedTest(name = "{0}: {1} to {2}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
9110 13.1.2 | ETag: "a"                        | If-None-Match: "a"                                | 304
9110 13.1.2 | ETag: "a"                        | If-None-Match: "b"                                | 200
9110 13.1.2 | ETag: "a"                        | If-None-Match: "a", "b"                           | 304
9110 13.1.2 | ETag: "a"                        | If-None-Match: "b","a" , "c"                      | 304
9110 13.1.2 | ETag: "a"                        | If-None-Match: "b" ^ If-None-Match: "a"           | 304
9110 13.1.2 | ETag: "a"                        | If-None-Match: "b,a"                              | 200
9110 13.1.2 | ETag: "b,a"                      | If-None-Match: "x", "b,a"                         | 304
9110 13.1.2 | ETag: W/"a"                      | If-None-Match: W/"a"                              | 304
9110 13.1.2 | ETag: "a"                        | If-None-Match: W/"a"                              | 304
9110 13.1.2 | ETag: W/"a"                      | If-None-Match: "a"                                | 304
9110 8.8.3  | ETag: w/"a"                      | If-None-Match: "a"                                | 200
9110 13.1.2 | ETag: "a"                        | If-None-Match: *                                  | 304
9110 13.1.2 | X: y                             | If-None-Match: *                                  | 304
9110 13.1.2 | X: y                             | If-None-Match: "a"                                | 200
9110 8.8.3  | ETag: "abcdefü"                  | If-None-Match: "abcdefü"                          | 304
9110 8.8.3  | ETag: "a"                        | If-None-Match: a                                  | 200
9110 13.1.3 | Last-Modified: {-50}             | If-Modified-Since: {-50}                          | 304
9110 13.1.3 | Last-Modified: {-50}             | If-Modified-Since: {-40}                          | 304
9110 13.1.3 | Last-Modified: {-50}             | If-Modified-Since: {-60}                          | 200
9110 13.1.3 | Last-Modified: {-50}             | If-Modified-Since: long ago                       | 200
9110 13.1.3 | Last-Modified: {-50}             | If-Modified-Since: {-50} ^ If-Modified-Since: {0} | 200
9110 13.1.3 | Last-Modified: yesterday         | If-Modified-Since: {0}                            | 200
9111 4.3.2  | X: y                             | If-Modified-Since: {0}                            | 304
9111 4.3.2  | X: y                             | If-Modified-Since: {-1}                           | 200
9110 13.2.2 | ETag: "a" ^ Last-Modified: {-50} | If-None-Match: "a" ^ If-Modified-Since: {-99}     | 304
9110 13.2.2 | ETag: "a" ^ Last-Modified: {-50} | If-None-Match: "b" ^ If-Modified-Since: {0}       | 200
9110 13.2.2 | ETag: "a"                        | If-None-Match: "a" ^ Range: bytes=0-1             | 304
9110 13.2.2 | ETag: "a"                        | If-None-Match: "b" ^ Range: bytes=0-1             | 206
""")
  void conditionsAreJudgedByWhatIsStored(
      String section, String response, String request, int status) {
    StoredResponse stored = Samples.stored(FRESH + response, "0123456789");
    assertThat(Answer.of(stored, "GET", Samples.fields(request)).status()).isEqualTo(status);
  }

  @Test
  void conditionsAreNothingToAnError() {
    Storable missing = Samples.storable(404, "", FRESH + "ETag: \"a\"");
    Answer answer =
        Answer.of(
            404,
            missing.headers(),
            3,
            Samples.NOW,
            "GET",
            Samples.fields("If-None-Match: \"a\" ^ Range: bytes=0-1"));
    assertThat(answer).isEqualTo(new Answer(404, missing.headers(), 0, 3));
  }

  @Test
  void a304SaysWhatAnUpdateNeedsAndNothingOfTheContent() {
    StoredResponse stored =
        Samples.stored(
            FRESH
                + "ETag: \"a\" ^ Last-Modified: {-50} ^ Vary: Foo ^ Expires: {+9} ^ Content-Type: a/b"
                + "^ Content-Length: 3 ^ Content-Location: /x ^ Content-Encoding: gzip ^ X-Own: 1",
            "abc");
    Answer answer = Answer.of(stored, "GET", Samples.fields("If-None-Match: \"a\""));
    assertThat(answer.length()).isZero();
    assertThat(names(answer))
        .as("RFC 9110 §15.4.5")
        .containsExactly(
            "Cache-Control", "Date", "ETag", "Vary", "Expires", "Content-Location", "X-Own");
  }

  private static List<String> names(Answer answer) {
    List<String> names = new ArrayList<>();
    answer.headers().forEach((name, value) -> names.add(name.toString()));
    return names;
  }

  /** RFC 9110 §14, of ten bytes. */
  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
      bytes=0-1                     | 206 | bytes 0-1/10 | 0 | 2
      bytes=1-                      | 206 | bytes 1-9/10 | 1 | 9
      bytes=-1                      | 206 | bytes 9-9/10 | 9 | 1
      bytes=-20                     | 206 | bytes 0-9/10 | 0 | 10
      bytes=9-99                    | 206 | bytes 9-9/10 | 9 | 1
      BYTES= 0-0                    | 206 | bytes 0-0/10 | 0 | 1
      bytes=0-99999999999999999999  | 206 | bytes 0-9/10 | 0 | 10
      bytes=10-                     | 416 | bytes */10   | 0 | 0
      bytes=99999999999999999999-   | 416 | bytes */10   | 0 | 0
      bytes=-0                      | 416 | bytes */10   | 0 | 0
      bytes=2-1                     | 200 | -            | 0 | 10
      bytes=0-1,3-4                 | 200 | -            | 0 | 10
      bytes=0-1 ^ Range: bytes=2-3  | 200 | -            | 0 | 10
      bytes=                        | 200 | -            | 0 | 10
      bytes=-                       | 200 | -            | 0 | 10
      bytes=a-b                     | 200 | -            | 0 | 10
      bytes=--1                     | 200 | -            | 0 | 10
      lines=0-1                     | 200 | -            | 0 | 10
      """)
  void rangesAreCutFromTheWhole(
      String range, int status, String contentRange, long offset, long length) {
    StoredResponse stored = Samples.stored(FRESH + "Content-Length: 10", "0123456789");
    Answer answer = Answer.of(stored, "GET", Samples.fields("Range: " + range));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.headers().get("Content-Range")).isEqualTo(contentRange);
    assertThat(answer.offset()).isEqualTo(offset);
    assertThat(answer.length()).isEqualTo(length);
    assertThat(answer.headers().contains("Content-Length")).isEqualTo(status == 200);
  }

  @ParameterizedTest(name = "RFC 9110 §13.1.5: {0} if {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
ETag: "a"             | "a"    | 206
ETag: "a"             | "b"    | 200
ETag: W/"a"           | W/"a"  | 200
ETag: "a"             | W/"a"  | 200
X: y                  | "a"    | 200
Last-Modified: {-90}  | {-90}  | 206
Last-Modified: {-90}  | {-91}  | 200
Last-Modified: {-90}  | {-89}  | 200
Last-Modified: {0}    | {0}    | 200
Last-Modified: {-90}  | rubble | 200
""")
  void aRangeIsGivenOnlyOfWhatTheClientHas(String response, String condition, int status) {
    StoredResponse stored = Samples.stored(FRESH + response, "0123456789");
    var request = Samples.fields("Range: bytes=0-1 ^ If-Range: " + condition);
    assertThat(Answer.of(stored, "GET", request).status()).isEqualTo(status);
  }

  @Test
  void aRefusedRangeIsNotTheResource() {
    StoredResponse stored = Samples.stored(FRESH + "ETag: \"a\" ^ Content-Type: a/b", "abc");
    Answer answer = Answer.of(stored, "GET", Samples.fields("Range: bytes=5-"));
    assertThat(names(answer)).containsExactly("Date", "Content-Range");
  }

  @Test
  void aRangeMeansNothingToHeadNorToABodyOfUnknownLengthNorToAnEmptyOne() {
    var range = Samples.fields("Range: bytes=0-1");
    StoredResponse stored = Samples.stored(FRESH, "0123456789");
    assertThat(Answer.of(stored, "HEAD", range).status()).isEqualTo(200);
    assertThat(Answer.of(200, stored.headers(), -1, Samples.NOW, "GET", range))
        .isEqualTo(new Answer(200, stored.headers(), 0, -1));
    assertThat(Answer.of(Samples.stored(FRESH, ""), "GET", range).status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
GET  | X: y                                  | NONE
HEAD | Content-Length: 0                     | NONE
GET  | If-None-Match: "a" ^ Range: bytes=0-1 | NONE
POST | X: y                                  | METHOD
get  | X: y                                  | METHOD
GET  | Content-Length: 3                     | CONTENT
GET  | Transfer-Encoding: chunked            | CONTENT
GET  | If-Match: "a"                         | PRECONDITION
GET  | If-Unmodified-Since: {0}              | PRECONDITION
GET  | X-HTTP-Method-Override: DELETE        | REWRITE
GET  | X-HTTP-Method: DELETE                 | REWRITE
GET  | X-Method-Override: DELETE             | REWRITE
GET  | X-Original-URL: /admin                | REWRITE
GET  | X-Rewrite-URL: /admin                 | REWRITE
GET  | Upgrade: websocket                    | UPGRADE
""")
  void theseRequestsPassTheStoreBy(String method, String request, Bypass expected) {
    assertThat(Bypass.of(method, Samples.fields(request), CachePolicy.DEFAULTS))
        .isEqualTo(expected);
  }

  @Test
  void aRouteMayLeaveHeadToTheOrigin() {
    CachePolicy base = CachePolicy.DEFAULTS;
    var onlyGet =
        new CachePolicy(
            base.ttl(),
            base.staleWhileRevalidate(),
            base.staleIfError(),
            base.maxObject(),
            base.vary(),
            base.key(),
            Set.of("GET"),
            base.statuses(),
            base.tags(),
            base.coalesce(),
            base.authorized());
    assertThat(Bypass.of("HEAD", Samples.fields(""), onlyGet)).isEqualTo(Bypass.METHOD);
  }
}
