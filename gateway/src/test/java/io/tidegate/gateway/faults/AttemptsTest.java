package io.tidegate.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which attempts are made, and where, when one alone does not do. */
@Timeout(60)
class AttemptsTest {
  private static final String GENEROUS = "budget: {share: 100%, min: 1000/s}";
  private static final byte[] BODY = "body".getBytes(StandardCharsets.US_ASCII);

  @Test
  void aThirdAttemptGoesWhereNoneHasFailed() throws Exception {
    try (var bad = ScriptedUpstream.start(call -> call.answer(503, "bad"));
        var worse = ScriptedUpstream.start(ScriptedUpstream.Call::reset);
        var good = ScriptedUpstream.saying("good");
        var gateway =
            GatewayFixture.start(
                """
                upstreams:
                  origin: {breaker: false, outlier: false, endpoints: ['%s', '%s', '%s']}
                routes:
                  - id: all
                    match: {path: /**}
                    upstream: origin
                    retry: {attempts: 3, backoff: {base: 1ms, max: 2ms}, %s}
                """
                    .formatted(bad.url(), worse.url(), good.url(), GENEROUS))) {
      for (int i = 0; i < 40; i++) {
        var answer = Caller.once(gateway.port(), "GET", "/");
        assertThat(answer.text()).as("%s", answer).isEqualTo("good");
      }
    }
  }

  @Test
  void aCallThatWaitedTooLongToBeAnsweredIsNotMade() throws Exception {
    var release = new CountDownLatch(1);
    try (var origin =
            ScriptedUpstream.start(
                call -> {
                  boolean goneEarly = call.goneWithin(500);
                  if (call.head().startLine().contains("/occupy")) {
                    awaitQuietly(release);
                  }
                  if (!goneEarly) {
                    call.answer(200, "late");
                  }
                });
        var gateway =
            GatewayFixture.onOneLoop(
                """
                upstreams:
                  origin:
                    breaker: false
                    concurrency: {limit: 24, queue: 5, wait: 20s}
                    endpoints: ['%s']
                defaults: {retry: false}
                routes:
                  - {id: short, match: {path: /short}, upstream: origin, timeout: {total: 1200ms}}
                  - {id: all, match: {path: /**}, upstream: origin, timeout: {total: 30s, attempt: 30s}}
                """
                    .formatted(origin.url()))) {
      // By these the gateway learns that half of the answers take half a second.
      for (var usual : several(24, gateway.port(), "/usual")) {
        assertThat(usual.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
      }
      List<CompletableFuture<Caller.Answer>> occupants = several(24, gateway.port(), "/occupy");
      GatewayFixture.await("all places taken", () -> origin.calls().size() == 48);
      long start = System.nanoTime();
      CompletableFuture<Caller.Answer> late = Caller.later(gateway.port(), "GET", "/short");
      GatewayFixture.await(
          "so long in the queue that half a second is not left",
          () -> late.isDone() || System.nanoTime() - start > 900_000_000L);
      release.countDown();
      assertThat(late.get(30, TimeUnit.SECONDS).status()).isEqualTo(504);
      for (var occupant : occupants) {
        occupant.get(30, TimeUnit.SECONDS);
      }
      assertThat(origin.calls()).hasSize(48);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<CompletableFuture<Caller.Answer>> several(int count, int port, String path) {
    var all = new ArrayList<CompletableFuture<Caller.Answer>>();
    for (int i = 0; i < count; i++) {
      all.add(Caller.later(port, "GET", path));
    }
    return all;
  }

  @Test
  void aHedgeOfTwoAsksTwiceMoreAndCancelsWhoLoses() throws Exception {
    try (var one = ScriptedUpstream.start(call -> call.goneWithin(20_000));
        var two = ScriptedUpstream.start(call -> call.goneWithin(20_000));
        var gateway =
            GatewayFixture.onOneLoop(
                """
                upstreams:
                  origin: {breaker: false, outlier: false, endpoints: ['%s', '%s']}
                routes:
                  - id: all
                    match: {path: /**}
                    upstream: origin
                    timeout: {total: 1s, attempt: 1s}
                    hedge: {after: 50ms, max: 2}
                    retry: {attempts: 1, %s}
                """
                    .formatted(one.url(), two.url(), GENEROUS))) {
      var answer = Caller.once(gateway.port(), "GET", "/");
      assertThat(answer.status()).isEqualTo(504);
      int calls = one.calls(answer.id()).size() + two.calls(answer.id()).size();
      assertThat(calls).isEqualTo(3);
      gateway.awaitIdle();
    }
  }

  @Test
  void aBodyIsKeptForAnUpstreamThatStandsInEvenWithoutRetries() throws Exception {
    try (var broken = ScriptedUpstream.start(ScriptedUpstream.Call::reset);
        var other =
            ScriptedUpstream.start(
                call -> call.answer(200, "got " + call.request().body().length));
        var gateway =
            GatewayFixture.onOneLoop(
                """
                upstreams:
                  origin: {breaker: false, endpoints: ['%s']}
                  other: {endpoints: ['%s']}
                routes:
                  - id: all
                    match: {path: /**}
                    upstream: origin
                    retry: false
                    fallback: [{upstream: other}]
                """
                    .formatted(broken.url(), other.url()));
        var caller = Caller.to(gateway.port())) {
      byte[] body = new byte[20_000];
      var answer = caller.chunked("PUT", "/", body, 1_000);
      assertThat(answer.text()).isEqualTo("got 20000");
      assertThat(caller.call("POST", "/", BODY).status()).isEqualTo(502);
      assertThat(other.calls()).hasSize(1);
    }
  }

  @Test
  void refusalsOfTheUpstreamAreNeitherForNorAgainstIt() {
    var status = new java.util.concurrent.atomic.AtomicInteger();
    try (var origin =
            ScriptedUpstream.start(
                call -> call.answer(status.getAndIncrement() % 2 == 0 ? 500 : 404, "no"));
        var gateway =
            GatewayFixture.onOneLoop(
                """
                upstreams:
                  origin: {breaker: {failures: 3, reset: 1m}, outlier: false, endpoints: ['%s']}
                routes:
                  - {id: all, match: {path: /**}, upstream: origin, retry: false}
                """
                    .formatted(origin.url()))) {
      for (int i = 0; i < 6; i++) {
        Caller.once(gateway.port(), "GET", "/");
      }
      assertThat(origin.calls()).hasSize(5);
      assertThat(gateway.breakerChanges())
          .containsExactly("origin CLOSED>OPEN CONSECUTIVE_FAILURES");
    }
  }

  @Test
  void aRefusalShowsThatTheUpstreamIsBack() {
    var status = new java.util.concurrent.atomic.AtomicInteger(500);
    try (var origin = ScriptedUpstream.start(call -> call.answer(status.get(), "no"));
        var gateway =
            GatewayFixture.onOneLoop(
                """
                upstreams:
                  origin:
                    breaker: {failures: 1, reset: 50ms, probes: 2}
                    outlier: false
                    endpoints: ['%s']
                routes:
                  - {id: all, match: {path: /**}, upstream: origin, retry: false}
                """
                    .formatted(origin.url()))) {
      assertThat(Caller.once(gateway.port(), "GET", "/").status()).isEqualTo(500);
      status.set(404);
      GatewayFixture.await(
          "closed again",
          () -> {
            Caller.once(gateway.port(), "GET", "/");
            return gateway.breakerChanges().size() == 3;
          });
      assertThat(gateway.breakerChanges().get(2))
          .isEqualTo("origin HALF_OPEN>CLOSED PROBES_SUCCEEDED");
    }
  }
}
