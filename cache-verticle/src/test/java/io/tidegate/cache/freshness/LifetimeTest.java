package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.CachePolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimeTest {
  /** So that a response with no lifetime at all is stored, and its lifetime can be seen. */
  private static final String VALIDATOR = "^ETag: \"v\"";

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
9111 4.2.1   | max-age                         | Cache-Control: max-age=3600                                              | 3600
9111 4.2.1   | s-maxage before max-age         | Cache-Control: max-age=1, s-maxage=60                                    | 60
9111 4.2.1   | s-maxage before max-age, lines  | Cache-Control: max-age=3600 ^ Cache-Control: s-maxage=1                  | 1
9111 4.2.1   | max-age before Expires          | Cache-Control: max-age=60 ^ Expires: {-7200} ^ Date: {0}                 | 60
9111 4.2.1   | max-age=0 before Expires        | Cache-Control: max-age=0 ^ Expires: {+7200} ^ Date: {0}                  | 0
9111 4.2.1   | max-age before bad Expires      | Cache-Control: max-age=60 ^ Expires: 0                                   | 60
9111 4.2.1   | Expires less Date               | Date: {0} ^ Expires: {+300}                                              | 300
9111 4.2.1   | Expires less a fast Date        | Date: {+400} ^ Expires: {+300}                                           | 0
9111 4.2.1   | Expires without Date            | Expires: {+10}                                                           | 10
9111 4.2.1   | Expires with bad Date           | Date: foo ^ Expires: {+10}                                               | 10
9111 5.3     | Expires: 0                      | Date: {0} ^ Expires: 0                                                   | 0
9111 5.3     | Expires that differ             | Date: {0} ^ Expires: {+10} ^ Expires: {+20}                              | 0
9111 4.2.1   | twice: the shorter              | Cache-Control: max-age=1800, max-age=1                                   | 1
9111 4.2.1   | twice, lines: the shorter       | Cache-Control: max-age=1 ^ Cache-Control: max-age=1800                   | 1
9111 5.2     | names without case              | Cache-Control: MaX-aGe=3600                                              | 3600
9111 5.2     | quoted                          | Cache-Control: max-age="3600"                                            | 3600
9111 5.2     | quoted in single quotes         | Cache-Control: max-age='3600'                                            | 0
9111 5.2     | inside another's quotes         | Cache-Control: extension="max-age=3600", max-age=1                       | 1
9111 5.2     | inside another's quotes, after  | Cache-Control: max-age=1, extension="max-age=3600, s-maxage=7"           | 1
9111 5.2     | inside quotes with an escape    | Cache-Control: a="\\", max-age=9, b=\\"", max-age=2                      | 2
9111 5.2.3   | unknown directives              | Cache-Control: foobar, max-age=3600, x=y                                 | 3600
9111 5.2     | empty members                   | Cache-Control: ,, max-age=3600,                                          | 3600
9111 5.2     | space before =                  | Cache-Control: max-age =3600                                             | 0
9111 5.2     | space after =                   | Cache-Control: max-age= 3600                                             | 0
9111 1.2.2   | leading zeros                   | Cache-Control: max-age=003600                                            | 3600
9111 4.2.1   | negative                        | Cache-Control: max-age=-3600                                             | 0
9111 4.2.1   | decimal                         | Cache-Control: max-age=3600.0                                            | 0
9111 4.2.1   | letters                         | Cache-Control: max-age=3600a                                             | 0
9111 4.2.1   | no argument                     | Cache-Control: max-age                                                   | 0
9111 4.2.1   | empty argument                  | Cache-Control: max-age=                                                  | 0
9111 1.2.2   | largest                         | Cache-Control: max-age=2147483648                                        | 2147483648
9111 1.2.2   | beyond the largest              | Cache-Control: max-age=99999999999999999999                              | 2147483648
9111 4.2.2   | a tenth of the time unchanged   | Last-Modified: {-3600} ^ Date: {0}                                       | 360
9111 4.2.2   | a guess is a day at most        | Last-Modified: {-86400000} ^ Date: {0}                                   | 86400
9111 4.2.2   | no guess from the future        | Last-Modified: {+3600} ^ Date: {0}                                       | 0
9111 4.2.2   | no guess from rubbish           | Last-Modified: yesterday ^ Date: {0}                                     | 0
9111 4.2.2   | no guess beside max-age         | Last-Modified: {-3600} ^ Cache-Control: max-age=1                        | 1
9111 5.4     | no guess beside Pragma          | Last-Modified: {-3600} ^ Pragma: no-cache                                | 0
9111 5.4     | Pragma is nothing to max-age    | Cache-Control: max-age=60 ^ Pragma: no-cache                             | 60
9213 2.2     | targeted before Cache-Control   | CDN-Cache-Control: max-age=60 ^ Cache-Control: max-age=1                 | 60
9213 2.2     | targeted, shorter               | CDN-Cache-Control: max-age=1 ^ Cache-Control: s-maxage=3600              | 1
9213 2.2     | targeted before Expires         | CDN-Cache-Control: max-age=60 ^ Expires: {-9} ^ Date: {0}                | 60
9213 2.2     | targeted puts Expires aside     | CDN-Cache-Control: public ^ Expires: {+9} ^ Date: {0}                    | 0
9213 2.2     | targeted, largest               | CDN-Cache-Control: max-age=99999999999                                   | 2147483648
9213 2.1     | targeted, extension             | CDN-Cache-Control: foobar, max-age=60                                    | 60
9213 2.1     | targeted, two lines             | CDN-Cache-Control: foobar;a=1 ^ CDN-Cache-Control: max-age=60            | 60
9213 2.1     | targeted, void: capitals        | CDN-Cache-Control: MaX-aGe=3600 ^ Cache-Control: max-age=1               | 1
9213 2.1     | targeted, void: rubbish         | CDN-Cache-Control: max-age=10000, &&&&& ^ Cache-Control: max-age=1       | 1
9213 2.1     | targeted, void: space           | CDN-Cache-Control: max-age =100 ^ Cache-Control: max-age=1               | 1
9213 2.1     | targeted, void: comma at end    | CDN-Cache-Control: max-age=100, ^ Cache-Control: max-age=1               | 1
9213 2.1     | targeted, void: number too long | CDN-Cache-Control: max-age=1234567890123456 ^ Cache-Control: max-age=1   | 1
9213 2.1     | targeted, empty                 | CDN-Cache-Control: ^ Cache-Control: max-age=1                            | 1
9213 2.1     | targeted, wrong type            | CDN-Cache-Control: max-age="10000" ^ Cache-Control: max-age=1            | 0
9213 2.1     | targeted, all types             | CDN-Cache-Control: a=1.5, b=(1 "x";q tok), c=:YQ==:, d=?0, e=@1, f=%"x", g=*t/x:y, h="q\\"", max-age=60;x=1 | 60
9213 2.1     | targeted, negative              | CDN-Cache-Control: max-age=-60 ^ Cache-Control: max-age=1                | 0
Edge 1.0     | surrogates before others        | Surrogate-Control: max-age=60 ^ Cache-Control: s-maxage=1                | 60
Edge 1.0     | surrogates with a grace         | Surrogate-Control: max-age=60+600, content="ESI/1.0"                     | 60
Edge 1.0     | targeted before surrogates      | Surrogate-Control: max-age=60 ^ CDN-Cache-Control: max-age=7             | 7
""")
  void freshFor(String section, String what, String response, long seconds) {
    assertThat(Samples.storable(200, "", response + VALIDATOR).lifetimeSeconds())
        .isEqualTo(seconds);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
9111 4.2.3 | no Age, no Date             | X: y                        | 0    | 0
9111 4.2.3 | Age                         | Age: 30                     | 0    | 30
9111 4.2.3 | Age and the time it took    | Age: 30                     | 5    | 35
9111 4.2.3 | the time it took alone      | X: y                        | 5    | 5
9111 4.2.3 | Date says more than Age     | Age: 30 ^ Date: {-100}      | 0    | 100
9111 4.2.3 | Date says less than Age     | Age: 300 ^ Date: {-100}     | 0    | 300
9111 4.2.3 | Date of a fast clock        | Date: {+100} ^ Age: 3       | 0    | 3
9111 4.2.3 | Date is rubbish             | Date: now ^ Age: 3          | 0    | 3
9111 5.1   | not a number                | Age: abc                    | 0    | 0
9111 5.1   | negative                    | Age: -7200                  | 0    | 0
9111 5.1   | decimal                     | Age: 7200.0                 | 0    | 0
9111 5.1   | largest                     | Age: 2147483648             | 0    | 2147483648
9111 5.1   | beyond the largest          | Age: 99999999999999999      | 0    | 2147483648
9111 5.1   | the first member            | Age: 7200, 0                | 0    | 7200
9111 5.1   | the first member, small     | Age: 0, 7200                | 0    | 0
9111 5.1   | the first line              | Age: 7200 ^ Age: 0          | 0    | 7200
9111 5.1   | the first line, small       | Age: 0 ^ Age: 7200          | 0    | 0
""")
  void soOldWhenItCame(String section, String what, String response, long took, long age) {
    var fetch =
        new Fetch(
            "GET",
            Samples.fields(""),
            200,
            Samples.fields(response + VALIDATOR),
            Samples.NOW - took * Samples.SECOND,
            Samples.NOW);
    var storable = (Storable) Storing.judge(fetch, CachePolicy.DEFAULTS);
    assertThat(storable.initialAgeSeconds()).isEqualTo(age);
  }

  @Test
  void aForcedLifetimeCountsFromTheArrival() {
    Fetch fetch = Samples.get(200, "", "Age: 500 ^ Cache-Control: max-age=1");
    var storable = (Storable) Storing.judge(fetch, Samples.ttl(60));
    assertThat(storable.lifetimeSeconds() - storable.initialAgeSeconds()).isEqualTo(60);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
Sat, 15 Sep 2035 12:00:00 GMT       | yes
SAT, 15 SEP 2035 12:00:00 gmt       | yes
Saturday, 15-Sep-35 12:00:00 GMT    | yes
Sat Sep 15 12:00:00 2035            | yes
Sat Sep  5 12:00:00 2035            | yes
Tue, 19 Jan 2038 14:14:08 GMT       | yes
Sun, 21 Nov 2286 04:46:39 GMT       | yes
Sat, 15 Sep 2035 12:00:60 GMT       | yes
Sunday, 06-Nov-94 08:49:37 GMT      | no
Sat, 15 Sep 2035 12:00:00 UTC       | no
Sat, 15 Sep 2035 12:00:00 AEST      | no
Sat, 15 Sep 2035 12:00:00           | no
Sat, 15 Sep 35 12:00:00 GMT         | no
Sat 15 Sep 2035 12:00:00 GMT        | no
Sat, 15  Sep  2035 12:00:00 GMT     | no
Sat, 15-Sep-2035 12:00:00 GMT       | no
Sat, 15 Sep 2035 12.00.00 GMT       | no
Sat, 15 Sep 2035 2:00:00 GMT        | no
Sat, 15 Sep 2035 25:00:00 GMT       | no
Sat, 31 Feb 2035 12:00:00 GMT       | no
Xyz, 15 Sep 2035 12:00:00 GMT       | no
2035-09-15T12:00:00Z                | no
-1                                  | no
""")
  void datesAreReadToTheLetter(String expires, String inTheFuture) {
    Storable storable = Samples.storable(200, "", "Expires: " + expires + VALIDATOR);
    assertThat(storable.lifetimeSeconds() > 0)
        .as("RFC 9110 §5.6.7")
        .isEqualTo(inTheFuture.equals("yes"));
  }
}
