package io.tidegate.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Breaker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of an upstream after a reload that changes something else of it. */
@Timeout(60)
class ReloadedStateTest {
  private static String yaml(ScriptedUpstream origin, String policies) {
    return """
        upstreams:
          origin: {outlier: false, %s, endpoints: ['%s']}
        routes:
          - {id: one, match: {path: /one}, upstream: origin, retry: false}
          - {id: all, match: {path: /**}, upstream: origin, retry: false}
        """
        .formatted(policies, origin.url());
  }

  @Test
  void breakersOfRoutesStayAsTheyAre() {
    String breaker = "breaker: {failures: 1, reset: 1m, scope: route}";
    try (var origin = ScriptedUpstream.start(call -> call.answer(500, "no"));
        var gateway = GatewayFixture.start(yaml(origin, breaker))) {
      assertThat(Caller.once(gateway.port(), "GET", "/one").status()).isEqualTo(500);
      gateway.reload(yaml(origin, breaker + ", pool: {connections: 8}"));
      assertThat(Caller.once(gateway.port(), "GET", "/one").status()).isEqualTo(503);
      assertThat(Caller.once(gateway.port(), "GET", "/other").status()).isEqualTo(500);
    }
  }

  @Test
  void anOperatorsOrderOutlivesOtherOptionsOfTheBreaker() {
    try (var origin = ScriptedUpstream.saying("fine");
        var gateway = GatewayFixture.start(yaml(origin, "breaker: {failures: 3}"))) {
      gateway.upstream("origin").breaker().isolate();
      gateway.reload(yaml(origin, "breaker: {failures: 4}"));
      assertThat(Caller.once(gateway.port(), "GET", "/").status()).isEqualTo(503);
      gateway.reload(yaml(origin, "breaker: false"));
      assertThat(Caller.once(gateway.port(), "GET", "/").status()).isEqualTo(503);
      gateway.upstream("origin").breaker().close();
      assertThat(Caller.once(gateway.port(), "GET", "/").text()).isEqualTo("fine");
    }
  }

  @Test
  void aBreakerThatWasReplacedIsHeardOfNoMore() {
    try (var origin = ScriptedUpstream.start(call -> call.answer(500, "no"));
        var gateway = GatewayFixture.start(yaml(origin, "breaker: {failures: 1, reset: 200ms}"))) {
      Breaker replaced = gateway.upstream("origin").breaker();
      assertThat(Caller.once(gateway.port(), "GET", "/").status()).isEqualTo(500);
      gateway.reload(yaml(origin, "breaker: {failures: 9, reset: 1m}"));
      int heard = gateway.breakerChanges().size();
      GatewayFixture.await(
          "half-open by itself", () -> replaced.state() == Breaker.State.HALF_OPEN);
      assertThat(gateway.breakerChanges()).hasSize(heard);
    }
  }

  @Test
  void aRequestThatBeganBeforeIsStillTriedAgain() throws Exception {
    var reloaded = new CountDownLatch(1);
    try (var origin =
            ScriptedUpstream.start(
                call -> {
                  if (call.onConnection() == 0 && reloaded.getCount() > 0) {
                    await(reloaded);
                    call.reset();
                  } else {
                    call.answer(200, "fine");
                  }
                });
        var gateway = GatewayFixture.start(retrying(origin, 8))) {
      CompletableFuture<Caller.Answer> begun = Caller.later(gateway.port(), "GET", "/");
      GatewayFixture.await("the first attempt", () -> !origin.calls().isEmpty());
      gateway.reload(retrying(origin, 9));
      reloaded.countDown();
      assertThat(begun.get(20, TimeUnit.SECONDS).text()).isEqualTo("fine");
      gateway.awaitIdle();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String retrying(ScriptedUpstream origin, int connections) {
    return """
        upstreams:
          origin: {pool: {connections: %d}, endpoints: ['%s']}
        routes:
          - {id: all, match: {path: /**}, upstream: origin}
        """
        .formatted(connections, origin.url());
  }

  @Test
  void callsUnderWayGoOnCountingAgainstTheBulkhead() throws Exception {
    String limit = "breaker: false, concurrency: {limit: 1, queue: 0}";
    try (var origin = ScriptedUpstream.start(call -> call.goneWithin(20_000));
        var gateway = GatewayFixture.start(yaml(origin, limit))) {
      try (var waiting = Caller.to(gateway.port())) {
        CompletableFuture<Caller.Answer> first = Caller.async(() -> waiting.get("/hold"));
        GatewayFixture.await("the first call", () -> !origin.calls().isEmpty());
        gateway.reload(yaml(origin, limit + ", pool: {connections: 8}"));
        assertThat(Caller.once(gateway.port(), "GET", "/").proxyStatus())
            .contains("connection_limit_reached");
        waiting.abort();
        first.get(20, TimeUnit.SECONDS);
      }
      gateway.awaitIdle();
    }
  }
}
