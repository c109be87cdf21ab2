package io.tidegate.gateway.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class RehearsalTest {
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private static RehearsalReport play(int attempts, String expectations, String... scenarios)
      throws Exception {
    var options =
        new RehearsalOptions(
            Duration.ofSeconds(4 + 7 * ((scenarios.length + 2) / 3)),
            20,
            3,
            Set.of(scenarios),
            Set.of(),
            Expectation.parse(expectations));
    return new Rehearsal(vertx, new CarelessGateway(vertx, attempts), options, line -> {})
        .play(OneRoute.to("orders", "http://192.0.2.1:80"))
        .await(80, TimeUnit.SECONDS);
  }

  private static Figures of(RehearsalReport report, String scenario) {
    return report.figures().stream()
        .filter(one -> one.scenario().equals(scenario))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void seesFaultsAsTheirClientDoes() throws Exception {
    var report =
        play(
            1,
            "duplicates=0",
            "healthy",
            "refused",
            "hang",
            "slow-headers",
            "drip-body",
            "reset-before-body",
            "reset-in-body",
            "errors-100",
            "too-many-requests");
    assertThat(report.passed()).as("%s", report.missed()).isTrue();
    var healthy = of(report, "healthy");
    assertThat(healthy.success()).isEqualTo(1);
    assertThat(healthy.sent()).isEqualTo(40);
    assertThat(healthy.amplification()).isEqualTo(1);
    assertThat(of(report, "refused").amplification()).isZero();
    assertThat(of(report, "hang").unanswered()).isEqualTo(of(report, "hang").sent());
    assertThat(of(report, "slow-headers").success()).isZero();
    assertThat(of(report, "drip-body").success()).isEqualTo(1);
    assertThat(of(report, "drip-body").p50()).isGreaterThan(Duration.ofMillis(900));
    for (String fails : List.of("refused", "reset-before-body", "reset-in-body", "errors-100")) {
      assertThat(of(report, fails).success()).as(fails).isZero();
    }
    assertThat(of(report, "too-many-requests").success()).isZero();
  }

  @Test
  void tellsHowOftenTheUpstreamWasAskedAndWhatWasDoneTwice() throws Exception {
    var report = play(3, "amplification<=1.3", "healthy", "errors-100", "reset-before-body");
    assertThat(of(report, "healthy").duplicates()).isZero();
    for (String scenario : List.of("errors-100", "reset-before-body")) {
      var figures = of(report, scenario);
      assertThat(figures.amplification()).isEqualTo(3);
      assertThat(figures.duplicates()).isEqualTo(figures.sent() / 5 * 2);
    }
    assertThat(report.passed()).isFalse();
    assertThat(report.missed())
        .containsExactly(
            "orders, reset-before-body: not amplification<=1.3",
            "orders, errors-100: not amplification<=1.3");
  }

  @Test
  void partialFaultsFailTheirShare() throws Exception {
    var report = play(1, "healthy:success>=1%", "one-bad-of-three", "recovery", "errors-50");
    assertThat(of(report, "one-bad-of-three").success()).isBetween(0.6, 0.7);
    assertThat(of(report, "errors-50").success()).isBetween(0.1, 0.9);
    assertThat(of(report, "recovery").success()).isBetween(0.5, 0.9);
    assertThat(of(report, "recovery").recovers()).isPresent();
  }

  @Test
  void saysWhatItPlaysAndSpeaksToPeopleAndMachines() throws Exception {
    var told = new ConcurrentLinkedQueue<String>();
    var options =
        new RehearsalOptions(
            Duration.ofSeconds(5), 20, 1, Set.of("healthy"), Set.of("orders"), List.of());
    var report =
        new Rehearsal(vertx, new CarelessGateway(vertx, 1), options, told::add)
            .play(OneRoute.to("orders", "http://192.0.2.1:80"))
            .await(80, TimeUnit.SECONDS);
    assertThat(told)
        .containsExactly(
            "1 scenarios against 1 routes, 20 requests per second each, about 5 s",
            "warming up",
            "playing healthy");
    assertThat(report.toTable()).contains("route orders\n", "\n  healthy   ", "100.0%", " 1.00 ");
    var figures = report.toJson().getJsonArray("figures").getJsonObject(0);
    assertThat(figures.getDouble("success")).isEqualTo(1.0);
    assertThat(figures.containsKey("recovers-ms")).isFalse();
  }

  @Test
  void refusesToPlayAgainstNothing() {
    var options =
        new RehearsalOptions(Duration.ofSeconds(5), 20, 1, Set.of(), Set.of("nobody"), List.of());
    var rehearsal = new Rehearsal(vertx, new CarelessGateway(vertx, 1), options, line -> {});
    assertThatThrownBy(
            () ->
                rehearsal
                    .play(OneRoute.to("orders", "http://192.0.2.1:80"))
                    .await(20, TimeUnit.SECONDS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no route");
  }
}
