package io.tidegate.cache.freshness;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReuseTest {
  private static final long LIFETIME = 100;

  /** A response with a lifetime of 100 seconds, at some age. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
"""
9111 4.2      | fresh                             | max-age=100                                     | 99  |                           | FRESH                  | yes
9111 4.2      | no longer fresh                   | max-age=100                                     | 100 |                           | STALE                  | no
9111 5.2.2.4  | no-cache                          | no-cache                                        | 1   |                           | NO_CACHE               | no
9111 5.2.2.4  | no-cache against max-stale        | no-cache                                        | 1   | max-stale                 | NO_CACHE               | no
9111 5.2.2.4  | no-cache with fields              | no-cache="a"                                    | 1   |                           | FRESH                  | yes
9111 5.2.2.2  | must-revalidate, fresh            | must-revalidate                                 | 1   |                           | FRESH                  | yes
9111 5.2.2.2  | must-revalidate                   | must-revalidate, stale-if-error=99              | 101 |                           | STALE                  | no
9111 5.2.2.2  | must-revalidate and max-stale     | must-revalidate                                 | 101 | max-stale                 | STALE                  | no
9111 5.2.2.8  | proxy-revalidate                  | proxy-revalidate, stale-while-revalidate=99     | 101 |                           | STALE                  | no
9111 5.2.2.10 | s-maxage                          | s-maxage=100                                    | 101 |                           | STALE                  | no
9111 4.2.4    | s-maxage beside a window          | s-maxage=100, stale-while-revalidate=99         | 101 |                           | STALE_WHILE_REVALIDATE | no
9111 4.2.4    | s-maxage beside one for errors    | s-maxage=100, stale-if-error=99                 | 101 |                           | STALE                  | yes
9111 5.2.2.10 | s-maxage, the request's window    | s-maxage=100                                    | 101 | stale-if-error=99         | STALE                  | no
9111 5.2.2.10 | s-maxage and max-stale            | s-maxage=100                                    | 101 | max-stale                 | STALE                  | no
8246 2        | immutable, stale                  | immutable                                       | 101 |                           | STALE                  | no
8246 2        | immutable, asked                  | immutable                                       | 1   | no-cache                  | REQUESTED              | no
5861 3        | within the window                 | stale-while-revalidate=10                       | 109 |                           | STALE_WHILE_REVALIDATE | no
5861 3        | past the window                   | stale-while-revalidate=10                       | 110 |                           | STALE                  | no
5861 3        | unreadable window                 | stale-while-revalidate=1x                       | 100 |                           | STALE                  | no
5861 4        | within the window                 | stale-if-error=10                               | 109 |                           | STALE                  | yes
5861 4        | past the window                   | stale-if-error=10                               | 110 |                           | STALE                  | no
5861 4        | the request's window              | max-age=100                                     | 109 | stale-if-error=10         | STALE                  | yes
5861 4        | the longer window                 | stale-if-error=5                                | 109 | stale-if-error=10         | STALE                  | yes
9111 5.2.1.1  | old enough                        | max-age=100                                     | 60  | max-age=60                | FRESH                  | yes
9111 5.2.1.1  | too old                           | max-age=100                                     | 61  | max-age=60                | REQUESTED              | no
9111 5.2.1.1  | a reload                          | max-age=100                                     | 0   | max-age=0                 | REQUESTED              | no
9111 5.2.1.1  | unreadable                        | max-age=100                                     | 0   | max-age=x                 | REQUESTED              | no
9111 5.2.1.1  | an age, but nothing stale         | stale-while-revalidate=99                       | 101 | max-age=200               | STALE                  | no
9111 5.2.1.2  | an age, and staleness             | max-age=100                                     | 101 | max-age=200, max-stale=9  | STALE_ACCEPTED         | no
9111 5.2.1.2  | as stale as that                  | max-age=100                                     | 109 | max-stale=10              | STALE_ACCEPTED         | no
9111 5.2.1.2  | staler than that                  | max-age=100                                     | 110 | max-stale=10              | STALE                  | no
9111 5.2.1.2  | however stale                     | max-age=100                                     | 999 | max-stale                 | STALE_ACCEPTED         | no
9111 5.2.1.2  | unreadable                        | max-age=100                                     | 101 | max-stale=x               | STALE                  | no
9111 5.2.1.3  | fresh for long enough             | max-age=100                                     | 60  | min-fresh=40              | FRESH                  | yes
9111 5.2.1.3  | not fresh for long enough         | max-age=100                                     | 60  | min-fresh=41              | REQUESTED              | no
9111 5.2.1.3  | fresh is wanted                   | stale-while-revalidate=99                       | 101 | min-fresh=1               | STALE                  | no
9111 5.2.1.4  | no-cache                          | max-age=100                                     | 1   | no-cache                  | REQUESTED              | no
9111 5.2.1.4  | no-cache, stale, error            | stale-if-error=99                               | 101 | no-cache                  | REQUESTED              | no
9111 5.2.1.5  | no-store                          | max-age=100                                     | 1   | no-store                  | REQUESTED              | no
9111 5.2.1.7  | only-if-cached, fresh             | max-age=100                                     | 1   | only-if-cached            | FRESH                  | yes
9111 5.2.1.7  | only-if-cached, stale             | max-age=100                                     | 101 | only-if-cached            | GATEWAY_TIMEOUT        | no
9111 5.2.1.7  | only-if-cached, stale accepted    | max-age=100                                     | 101 | only-if-cached, max-stale | STALE_ACCEPTED         | no
""")
  void isUsed(
      String section,
      String what,
      String response,
      long age,
      String request,
      Reuse expected,
      String onError) {
    String asked = request == null ? "" : "Cache-Control: " + request;
    StoredResponse stored = stored(response, false);
    var directives = RequestDirectives.of(Samples.fields(asked));
    Terms terms = Terms.of(stored);
    long now = Samples.NOW + age * Samples.SECOND;
    assertThat(Reuse.judge(stored, terms, directives, CachePolicy.DEFAULTS, now, false))
        .isEqualTo(expected);
    assertThat(Reuse.isAllowedOnError(stored, terms, directives, CachePolicy.DEFAULTS, now))
        .as("on error")
        .isEqualTo(onError.equals("yes"));
  }

  private static StoredResponse stored(String cacheControl, boolean softPurged) {
    return new StoredResponse(
        "GET http://a/",
        200,
        Fields.of("Cache-Control", cacheControl),
        Buffer.buffer("x"),
        Samples.NOW,
        Samples.NOW,
        0,
        LIFETIME,
        List.of(),
        "",
        List.of(),
        0,
        softPurged);
  }

  private static CachePolicy route(long whileRevalidate, long ifError) {
    return Samples.policy(
        Optional.empty(),
        Optional.of(Duration.ofSeconds(whileRevalidate)),
        Optional.of(Duration.ofSeconds(ifError)),
        Set.of(),
        false);
  }

  private static Reuse judge(StoredResponse stored, CachePolicy policy, long age, boolean down) {
    return Reuse.judge(
        stored,
        Terms.of(stored),
        RequestDirectives.NONE,
        policy,
        Samples.NOW + age * Samples.SECOND,
        down);
  }

  @Test
  void theRouteDecidesOnStalenessBeforeTheOrigin() {
    StoredResponse stored = stored("stale-while-revalidate=10", false);
    assertThat(judge(stored, route(50, 0), 140, false)).isEqualTo(Reuse.STALE_WHILE_REVALIDATE);
    assertThat(judge(stored, route(0, 0), 105, false)).isEqualTo(Reuse.STALE);
  }

  @Test
  void theRouteDoesNotOverruleMustRevalidate() {
    StoredResponse stored = stored("must-revalidate", false);
    assertThat(judge(stored, route(50, 50), 105, false)).isEqualTo(Reuse.STALE);
    assertThat(judge(stored, route(50, 50), 105, true)).isEqualTo(Reuse.STALE);
  }

  @Test
  void whileTheUpstreamIsDownTheLongerGraceHoldsAndNobodyRefreshes() {
    StoredResponse stored = stored("max-age=100", false);
    assertThat(judge(stored, route(10, 600), 105, true)).isEqualTo(Reuse.STALE_UPSTREAM_DOWN);
    assertThat(judge(stored, route(10, 600), 500, false)).isEqualTo(Reuse.STALE);
    assertThat(judge(stored, route(10, 600), 500, true)).isEqualTo(Reuse.STALE_UPSTREAM_DOWN);
    assertThat(judge(stored, route(10, 600), 700, true)).isEqualTo(Reuse.STALE);
  }

  @Test
  void aRouteMayUseStaleWhatTheOriginGaveAnSMaxage() {
    StoredResponse stored = stored("s-maxage=100", false);
    assertThat(judge(stored, CachePolicy.DEFAULTS, 105, false)).isEqualTo(Reuse.STALE);
    assertThat(judge(stored, route(10, 600), 105, false)).isEqualTo(Reuse.STALE_WHILE_REVALIDATE);
    assertThat(judge(stored, route(10, 600), 500, true)).isEqualTo(Reuse.STALE_UPSTREAM_DOWN);
  }

  @Test
  void noRouteUsesStaleWhatMustBeRevalidated() {
    StoredResponse stored = stored("max-age=100, must-revalidate", false);
    assertThat(judge(stored, route(10, 600), 105, false)).isEqualTo(Reuse.STALE);
    assertThat(judge(stored, route(10, 600), 500, true)).isEqualTo(Reuse.STALE);
  }

  @Test
  void aLifetimeThatTheRouteForcesIsNotThatOfSMaxage() {
    StoredResponse stored = stored("s-maxage=100", false);
    var request = RequestDirectives.of(Samples.fields("Cache-Control: max-stale"));
    long now = Samples.NOW + 105 * Samples.SECOND;
    Terms terms = Terms.of(stored);
    assertThat(Reuse.judge(stored, terms, request, CachePolicy.DEFAULTS, now, false))
        .isEqualTo(Reuse.STALE);
    assertThat(Reuse.judge(stored, terms, request, Samples.ttl(100), now, false))
        .isEqualTo(Reuse.STALE_ACCEPTED);
  }

  @Test
  void whatWasPurgedSoftlyIsStaleAtOnce() {
    assertThat(judge(stored("max-age=100", true), CachePolicy.DEFAULTS, 1, false))
        .isEqualTo(Reuse.STALE);
    StoredResponse gracious = stored("max-age=100, stale-while-revalidate=10", true);
    assertThat(judge(gracious, CachePolicy.DEFAULTS, 1, false))
        .isEqualTo(Reuse.STALE_WHILE_REVALIDATE);
  }

  @Test
  void pragmaCountsWhereThereIsNoCacheControl() {
    assertThat(RequestDirectives.of(Samples.fields("Pragma: foo, no-cache")).noCache()).isTrue();
    assertThat(
            RequestDirectives.of(Samples.fields("Pragma: no-cache ^ Cache-Control: x")).noCache())
        .isFalse();
    assertThat(RequestDirectives.of(Samples.fields("Pragma: foo")))
        .isEqualTo(RequestDirectives.NONE);
  }

  @Test
  void aClockThatGoesBackMakesNothingYounger() {
    StoredResponse stored = stored("max-age=100", false);
    assertThat(judge(stored, CachePolicy.DEFAULTS, -5000, false)).isEqualTo(Reuse.FRESH);
    assertThat(Reuse.ttlSeconds(stored, Samples.NOW - 5_000_000)).isEqualTo(LIFETIME);
  }
}
