package io.tidegate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LintsTest {
  private static final String UPSTREAMS =
      """
      upstreams:
        a: {endpoints: [http://h:1, http://h:2]}
        b: {endpoints: [http://h:2]}
        c: {endpoints: [http://h:3]}
      """;

  private static List<String> warnings(String text) {
    ConfigReport report = Samples.parse(text);
    assertThat(report.errors()).isEmpty();
    return report.warnings().stream().map(Problem::toString).toList();
  }

  private static List<String> ofRoute(String policies) {
    return warnings(UPSTREAMS + "routes:\n  - {match: {path: /}, upstream: a, " + policies + "}\n");
  }

  private static List<String> ofUpstream(String policies) {
    return warnings(
        "upstreams:\n  a: {endpoints: [http://h:1], "
            + policies
            + "}\nroutes: [{match: {path: /}, upstream: a}]\n");
  }

  @Test
  void attemptsThatTogetherTakeLongerThanTheTotal() {
    assertThat(ofRoute("timeout: {total: 5s, attempt: 2s}, retry: {attempts: 3}"))
        .containsExactly(
            "x.yaml:6:90: warning: routes[0].retry.attempts: 3 attempts of 2s take up to 6s, past"
                + " timeout.total, 5s");
    assertThat(ofRoute("timeout: {total: 6s, attempt: 2s}, retry: {attempts: 3}")).isEmpty();
  }

  @Test
  void defaultsThatAreCutByATotalAreNotWarnedOf() {
    assertThat(ofRoute("timeout: {total: 5s}")).isEmpty();
  }

  @Test
  void retryOfAMethodThatIsNotIdempotent() {
    assertThat(ofRoute("retry: {methods: [GET, POST, PATCH]}"))
        .containsExactly(
            "x.yaml:6:54: warning: routes[0].retry.methods: PATCH, POST is not idempotent: a retry"
                + " may do twice what was asked once (RFC 9110 §9.2.2); requests with an"
                + " Idempotency-Key are retried without this");
    assertThat(ofRoute("retry: {methods: [GET, PUT, QUERY]}")).isEmpty();
  }

  @Test
  void aPoolSmallerThanTheBulkheadOnlyWhereTheUserSizedIt() {
    assertThat(ofUpstream("pool: {connections: 8}, concurrency: {limit: 9}"))
        .containsExactly(
            "x.yaml:2:52: warning: upstreams.a.pool.connections: the pool has 8 connections and the"
                + " bulkhead lets 9 calls through: the others wait for a connection");
    assertThat(ofUpstream("concurrency: {adaptive: {max: 65}}")).hasSize(1);
    assertThat(ofUpstream("pool: {connections: 8}, concurrency: {limit: 8}")).isEmpty();
    assertThat(ofUpstream("pool: {connections: 8}")).isEmpty();
    assertThat(ofUpstream("http2: true, pool: {connections: 8}, concurrency: {limit: 9}"))
        .isEmpty();
  }

  @Test
  void replayBuffersPastAQuarterOfTheHeap() {
    assertThat(ofRoute("retry: {replay-buffer: 1GiB}"))
        .singleElement()
        .asString()
        .startsWith(
            "x.yaml:6:60: warning: routes[0].retry.replay-buffer: with 512 calls in flight these"
                + " buffers take 524288MiB, past a quarter of the heap, ");
    assertThat(ofRoute("retry: {replay-buffer: 1KiB}")).isEmpty();
    assertThat(ofUpstream("http2: true, concurrency: {limit: 1000000}"))
        .singleElement()
        .asString()
        .contains("with 1000000 calls in flight these buffers take 62500MiB");
  }

  @Test
  void aFallbackThatSharesAnEndpointWithWhatFailed() {
    assertThat(ofRoute("fallback: [{upstream: b}]"))
        .containsExactly(
            "x.yaml:6:59: warning: routes[0].fallback[0].upstream: shares http://h:2 with the"
                + " upstream that failed");
    assertThat(ofRoute("fallback: [{upstream: c}]")).isEmpty();
  }

  @Test
  void aFallbackBehindAnAnswer() {
    assertThat(ofRoute("fallback: [{status: 503}, {upstream: c}]"))
        .containsExactly(
            "x.yaml:6:63: warning: routes[0].fallback[1]: is never tried: the answer before it ends"
                + " all");
  }

  @Test
  void aHedgeThatComesAfterTheAttemptHasEnded() {
    assertThat(ofRoute("timeout: {attempt: 1s}, hedge: {after: 1s}"))
        .containsExactly(
            "x.yaml:6:76: warning: routes[0].hedge.after: a hedge after 1s never comes: an attempt"
                + " ends after 1s");
    assertThat(ofRoute("timeout: {attempt: 1s}, hedge: {after: 900ms}")).isEmpty();
    assertThat(ofRoute("timeout: {attempt: 1s}, hedge: {after: p95}")).isEmpty();
  }

  @Test
  void faultsThatAreOn() {
    assertThat(ofRoute("fault: {reset: {share: 1%}}"))
        .containsExactly("x.yaml:6:44: warning: routes[0].fault: faults are injected on purpose");
    assertThat(ofRoute("fault: false")).isEmpty();
  }

  @Test
  void policiesOfARouteThatAnswersItself() {
    assertThat(warnings("routes: [{match: {path: /}, respond: {}, retry: {attempts: 2}}]\n"))
        .containsExactly(
            "x.yaml:1:49: warning: routes[0].retry: has no effect: the route answers without a"
                + " call");
    assertThat(
            warnings(
                "defaults: {retry: {attempts: 2}}\nroutes: [{match: {path: /}, respond: {}}]\n"))
        .isEmpty();
  }

  @Test
  void warningsAreGivenBesideErrors() {
    String text =
        UPSTREAMS
            + "routes:\n  - {match: {path: /}, upstream: a, fault: {reset: {share: 1%}}}\n  - {match: {}}\n";

    assertThat(Samples.parse(text).problems())
        .extracting(Problem::severity)
        .containsExactly(Severity.WARNING, Severity.ERROR);
  }
}
