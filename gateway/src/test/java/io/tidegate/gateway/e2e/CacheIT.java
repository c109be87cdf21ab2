package io.tidegate.gateway.e2e;

import static io.tidegate.gateway.e2e.CacheClient.ask;
import static io.tidegate.gateway.e2e.CacheClient.counting;
import static io.tidegate.gateway.e2e.CacheClient.get;
import static io.tidegate.gateway.e2e.CacheClient.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the jar remembers, and when it gives that (RFC 9111, RFC 5861, RFC 9211). */
@Timeout(90)
class CacheIT {
  private static final String FRESH = "Cache-Control: max-age=60";

  /** Stale the moment it comes in, but good enough to be validated or used in need. */
  private static final String[] STALE = {
    "Cache-Control: max-age=60, stale-if-error=600", "Age: 61", "ETag: \"v1\""
  };

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            defaults: {retry: false}
            upstreams:
              origin: {endpoints: ['%1$s'], breaker: false, outlier: false}
            routes:
              - {id: all, match: {path: /**}, upstream: origin, cache: {}}
              - {id: off, match: {path: /off/**}, upstream: origin}
              - id: forced
                match: {path: /forced/**}
                upstream: origin
                cache: {ttl: 1h, max-object: 1KiB, tags: [forced], key: {ignore: [utm_*]}}
              - id: tried
                match: {path: /tried/**}
                upstream: origin
                fallback: [stale, {status: 503, body: nothing}]
                fallback-on: [connect, reset, 5xx]
                cache: {stale-if-error: 1h}
              - id: limited
                match: {path: /limited/**}
                upstream: origin
                cache: {}
                rate-limit: {rate: 100/s}
                response: {set: {X-Edit: "yes"}, remove: [X-Origin]}
            """
                .formatted(upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @BeforeEach
  void forget() {
    upstream.forget();
    upstream.behave(counting(FRESH));
  }

  private static int calls() {
    return upstream.requests().size();
  }

  @Test
  void remembersWhatMayBeRemembered() {
    var first = get(gateway, "/hit");
    var second = get(gateway, "/hit");

    assertThat(status(first)).startsWith("tidegate; fwd=uri-miss; stored; ttl=");
    assertThat(first.header("age")).isEmpty();
    assertThat(second.text()).isEqualTo("answer 1");
    assertThat(status(second)).startsWith("tidegate; hit; ttl=");
    assertThat(second.header("age")).isPresent();
    assertThat(second.header("via")).contains("1.1 tidegate");
    assertThat(second.header("date")).isPresent();
    assertThat(calls()).isOne();
  }

  @Test
  void saysInLogAndMetersThatTheCacheAnswered() {
    get(gateway, "/seen");
    get(gateway, "/seen");

    JsonObject line =
        gateway.awaitEvent(
            e -> "/seen".equals(e.getString("path")) && "cache".equals(e.getString("source")));
    assertThat(line.getInteger("attempts")).isZero();
    assertThat(gateway.metric("tidegate_cache_hits_total", "route=\"all\"", "tier=\"memory\""))
        .isPositive();
    assertThat(gateway.metric("tidegate_cache_misses_total", "reason=\"uri-miss\"")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Cache-Control: no-store",
        "Cache-Control: private, max-age=60",
        "Cache-Control: max-age=60\r\nSet-Cookie: a=b",
        "Cache-Control: max-age=60\r\nVary: *",
        "Cache-Control: max-age=0",
      })
  void asksAgainForWhatMayNotBeGivenToOthers(String fields) {
    upstream.behave(counting(fields));
    String path = "/unshared-" + Integer.toHexString(fields.hashCode());

    assertThat(get(gateway, path).text()).isEqualTo("answer 1");
    assertThat(get(gateway, path).text()).isEqualTo("answer 2");
  }

  @Test
  void keepsAnAnswerToAuthorizationFromOthersUnlessItSaysPublic() {
    get(gateway, "/auth", "Authorization: Bearer a");
    assertThat(get(gateway, "/auth", "Authorization: Bearer b").text()).isEqualTo("answer 2");

    upstream.behave(counting("Cache-Control: public, max-age=60"));
    get(gateway, "/public", "Authorization: Bearer a");
    assertThat(get(gateway, "/public").text()).isEqualTo("answer 1");
  }

  @Test
  void tellsVariantsApart() {
    upstream.behave(counting(FRESH, "Vary: Accept-Language"));

    get(gateway, "/vary", "Accept-Language: de");
    var other = get(gateway, "/vary", "Accept-Language: en");

    assertThat(other.text()).isEqualTo("answer 2");
    assertThat(status(other)).startsWith("tidegate; fwd=vary-miss; stored");
    assertThat(get(gateway, "/vary", "Accept-Language: de").text()).isEqualTo("answer 1");
  }

  @Test
  void answersHeadConditionsAndRangesFromAWholeAnswer() {
    upstream.behave(counting(FRESH, "ETag: \"e\"", "Last-Modified: Mon, 06 Jan 2025 00:00:00 GMT"));
    get(gateway, "/whole");

    var head = ask(gateway, "HEAD", "/whole");
    assertThat(head.header("content-length")).contains("8");
    assertThat(head.text()).isEmpty();
    var same = get(gateway, "/whole", "If-None-Match: \"e\"");
    assertThat(same.status()).isEqualTo(304);
    assertThat(same.header("etag")).contains("\"e\"");
    var part = get(gateway, "/whole", "Range: bytes=0-2");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.header("content-range")).contains("bytes 0-2/8");
    assertThat(part.text()).isEqualTo("ans");
    assertThat(get(gateway, "/whole", "Range: bytes=90-").status()).isEqualTo(416);
    assertThat(calls()).isOne();
  }

  @Test
  void asksForAHeadWithHeadAndDoesNotTakeItForTheWhole() {
    ask(gateway, "HEAD", "/head");

    assertThat(upstream.requests().get(0).method()).isEqualTo("HEAD");
    assertThat(get(gateway, "/head").text()).isNotEmpty();
    assertThat(calls()).isEqualTo(2);
  }

  @Test
  void asksWhetherStaleAnswersAreStillGood() {
    upstream.behave(counting(STALE));
    get(gateway, "/validated");
    upstream.behave(
        (request, connection) ->
            connection.write(
                "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nCache-Control: max-age=60\r\n"
                    + "X-New: yes\r\n\r\n"));

    var validated = get(gateway, "/validated", "If-None-Match: \"mine\"");
    var hit = get(gateway, "/validated");

    assertThat(upstream.requests().get(1).header("if-none-match")).contains("\"v1\"");
    assertThat(validated.status()).isEqualTo(200);
    assertThat(validated.text()).isEqualTo("answer 1");
    assertThat(status(validated)).contains("fwd=stale; fwd-status=304");
    assertThat(hit.header("x-new")).contains("yes");
    assertThat(status(hit)).startsWith("tidegate; hit");
    assertThat(calls()).isEqualTo(2);
  }

  @Test
  void givesStaleAnswersWhenTheUpstreamFails() {
    upstream.behave(counting(STALE));
    get(gateway, "/broken");
    upstream.behave(RawUpstream.answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"));

    var refused = get(gateway, "/broken");
    upstream.behave((request, connection) -> connection.reset());
    var reset = get(gateway, "/broken");

    assertThat(refused.text()).isEqualTo("answer 1");
    assertThat(status(refused)).contains("fwd-status=503", "stale-if-error");
    assertThat(reset.text()).isEqualTo("answer 1");
  }

  @Test
  void fallsBackToWhatIsRememberedElseToWhatComesNext() {
    upstream.behave(counting("Cache-Control: max-age=60", "Age: 61", "ETag: \"v1\""));
    get(gateway, "/tried/a");
    upstream.behave((request, connection) -> connection.reset());

    assertThat(get(gateway, "/tried/a").text()).isEqualTo("answer 1");
    assertThat(get(gateway, "/tried/never").text()).isEqualTo("nothing");
  }

  @Test
  void givesAStaleAnswerAtOnceWhileANewOneIsFetched() {
    upstream.behave(counting("Cache-Control: max-age=60, stale-while-revalidate=600", "Age: 61"));
    get(gateway, "/swr");
    var asked = new AtomicBoolean();
    upstream.behave(
        (request, connection) -> {
          asked.set(true);
          connection.write(
              "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 3\r\n\r\nnew");
        });
    upstream.forget();

    var stale = get(gateway, "/swr");
    upstream.awaitRequest("/swr");
    RawClient.Response next = stale;
    long end = System.nanoTime() + 10_000_000_000L;
    while (!next.text().equals("new") && System.nanoTime() < end) {
      next = get(gateway, "/swr");
    }

    assertThat(stale.text()).isEqualTo("answer 1");
    assertThat(status(stale)).contains("; hit; ttl=-", "stale-while-revalidate");
    assertThat(next.text()).isEqualTo("new");
    assertThat(calls()).as("one refresh").isOne();
  }

  @Test
  void asksNobodyWhenTheClientForbidsIt() {
    var none = get(gateway, "/only", "Cache-Control: only-if-cached");
    get(gateway, "/only");
    var some = get(gateway, "/only", "Cache-Control: only-if-cached");

    assertThat(none.status()).isEqualTo(504);
    assertThat(some.text()).isEqualTo("answer 1");
    assertThat(calls()).isOne();
  }

  @Test
  void asksAgainWhenTheClientInsists() {
    get(gateway, "/insist");
    var again = get(gateway, "/insist", "Cache-Control: no-cache");

    assertThat(again.text()).isEqualTo("answer 2");
    assertThat(status(again)).startsWith("tidegate; fwd=request; stored");
    assertThat(get(gateway, "/insist").text()).isEqualTo("answer 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
  void forgetsWhatAnUnsafeMethodChanged(String method) {
    String path = "/changed-" + method;
    get(gateway, path);
    var change = ask(gateway, method, path, "Content-Length: 0");

    assertThat(status(change)).isEqualTo("tidegate; fwd=method");
    assertThat(get(gateway, path).text()).isEqualTo("answer 3");
  }

  @Test
  void keepsWhatAFailedChangeDidNotChange() {
    get(gateway, "/unchanged");
    upstream.behave(RawUpstream.answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
    ask(gateway, "POST", "/unchanged", "Content-Length: 0");

    assertThat(get(gateway, "/unchanged").text()).isEqualTo("answer 1");
  }

  @ParameterizedTest
  @CsvSource({"404, 1", "410, 1", "301, 1", "302, 2", "500, 2"})
  void remembersThoseErrorsThatMayBe(int code, int calls) {
    upstream.behave(
        RawUpstream.answering(
            "HTTP/1.1 "
                + code
                + " X\r\nLast-Modified: Mon, 06 Jan 2025 00:00:00 GMT\r\n"
                + "Content-Length: 2\r\n\r\nno"));
    get(gateway, "/status-" + code);
    get(gateway, "/status-" + code);

    assertThat(calls()).isEqualTo(calls);
  }

  @Test
  void aRouteForcesALifetimeAndLeavesOutParameters() {
    upstream.behave(counting("Cache-Control: max-age=1, must-revalidate"));
    get(gateway, "/forced/a?x=1&utm_source=b");
    var hit = get(gateway, "/forced/a?utm_medium=c&x=1");

    assertThat(status(hit)).startsWith("tidegate; hit; ttl=3");
    assertThat(get(gateway, "/forced/a?x=2").text()).isEqualTo("answer 2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void passesOnWhatIsTooLargeToKeep(boolean declared) {
    String body = "x".repeat(200_000);
    upstream.behave(
        (request, connection) ->
            connection.write(
                declared
                    ? "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body
                    : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n"
                        + body
                        + "\r\n0\r\n\r\n"));
    String path = "/forced/large-" + declared;

    assertThat(get(gateway, path).text()).isEqualTo(body);
    assertThat(get(gateway, path).text()).isEqualTo(body);
    assertThat(calls()).isEqualTo(2);
  }

  @Test
  void neverKeepsWhatWasCutOff() {
    upstream.behave(
        (request, connection) -> {
          connection.write("HTTP/1.1 200 OK\r\n" + FRESH + "\r\nContent-Length: 900\r\n\r\nhalf");
          connection.close();
        });
    assertThat(get(gateway, "/cut").body().complete()).isFalse();
    upstream.behave(counting(FRESH));

    assertThat(get(gateway, "/cut").text()).isEqualTo("answer 1");
  }

  @Test
  void editsAndLimitsBelongToEachAnswer() {
    upstream.behave(counting(FRESH, "X-Origin: secret", "RateLimit: \"o\";r=1;t=1"));
    get(gateway, "/limited/a");
    var hit = get(gateway, "/limited/a");

    assertThat(hit.header("x-edit")).contains("yes");
    assertThat(hit.header("x-origin")).isEmpty();
    assertThat(hit.headers().all("ratelimit"))
        .singleElement()
        .asString()
        .startsWith("\"limited\";r=9");
  }

  @Test
  void aRouteWithoutACacheIsNotTouched() {
    get(gateway, "/off/a");
    var second = get(gateway, "/off/a");

    assertThat(second.text()).isEqualTo("answer 2");
    assertThat(second.header("cache-status")).isEmpty();
  }

  @Test
  void anOperatorLetsItForget() {
    List<String> paths = List.of("/purge/a", "/purge/b", "/purge/a?q");
    paths.forEach(path -> get(gateway, path));
    get(gateway, "/forced/tagged");
    get(gateway, "/kept");

    assertThat(purge("{\"url\":\"http://a.test/purge/b\"}")).isEqualTo(1);
    assertThat(status(get(gateway, "/purge/b"))).contains("fwd=uri-miss");
    assertThat(status(get(gateway, "/purge/a"))).contains("; hit");
    assertThat(purge("{\"prefix\":\"http://a.test/purge/\"}")).isEqualTo(3);
    assertThat(status(get(gateway, "/purge/a"))).contains("fwd=uri-miss");
    assertThat(purge("{\"tag\":\"forced\"}")).isPositive();
    assertThat(status(get(gateway, "/forced/tagged"))).contains("fwd=uri-miss");
    assertThat(status(get(gateway, "/kept"))).contains("; hit");
    assertThat(purge("{\"all\":true}")).isPositive();
    assertThat(status(get(gateway, "/kept"))).contains("fwd=uri-miss");
  }

  @Test
  void whatIsForgottenSoftlyHelpsInNeed() {
    upstream.behave(counting("Cache-Control: max-age=60, stale-if-error=600"));
    get(gateway, "/soft");
    purge("{\"url\":\"http://a.test/soft\",\"soft\":true}");
    upstream.behave((request, connection) -> connection.reset());

    var stale = get(gateway, "/soft");
    assertThat(stale.text()).isEqualTo("answer 1");
    assertThat(status(stale)).contains("fwd=stale");
  }

  @Test
  void tellsAnOperatorWhatItHolds() {
    get(gateway, "/held");
    get(gateway, "/held");
    JsonObject cache = new JsonObject(gateway.admin("GET", "/cache").text());

    assertThat(cache.getJsonObject("memory").getLong("entries")).isPositive();
    assertThat(cache.getJsonArray("routes").stream().map(JsonObject.class::cast))
        .anySatisfy(
            route -> {
              assertThat(route.getString("id")).isEqualTo("all");
              assertThat(route.getDouble("hit-ratio")).isBetween(0.0, 1.0);
            });
  }

  private static long purge(String order) {
    String request =
        "POST /cache/purge HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
            + order.length()
            + "\r\n\r\n"
            + order;
    var answer = RawClient.exchange(gateway.adminPort(), request);
    assertThat(answer.status()).isEqualTo(200);
    return new JsonObject(answer.text()).getLong("purged");
  }
}
