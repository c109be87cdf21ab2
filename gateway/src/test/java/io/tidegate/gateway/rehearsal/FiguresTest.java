package io.tidegate.gateway.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.rehearsal.Outcome.End;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final Duration LOAD = Duration.ofSeconds(10);
  private static final Scenario RECOVERY = scenario(Scenario.RECOVERY);
  private static final Scenario HANG = scenario("hang");

  private static Scenario scenario(String name) {
    return Scenario.ALL.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  /** A hundred requests, one every 100 ms. */
  private static List<Outcome> hundred(IntFunction<Outcome> of) {
    var outcomes = new ArrayList<Outcome>();
    for (int i = 99; i >= 0; i--) {
      outcomes.add(of.apply(i));
    }
    return outcomes;
  }

  private static Outcome outcome(int n, long ms, End end) {
    return new Outcome(Duration.ofMillis(n * 100L), Duration.ofMillis(ms), end);
  }

  private static Figures figures(Scenario scenario, List<Outcome> outcomes) {
    return Figures.of("orders", scenario, outcomes, new Ledger(), LOAD);
  }

  @Test
  void ranksLatenciesByNearestRank() {
    var found = figures(HANG, hundred(n -> outcome(n, n + 1, End.SUCCEEDED)));
    assertThat(found.p50()).isEqualTo(Duration.ofMillis(50));
    assertThat(found.p99()).isEqualTo(Duration.ofMillis(99));
    assertThat(found.worst()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void countsSuccessesAndThoseWithoutAnswer() {
    var found =
        figures(HANG, hundred(n -> outcome(n, 1, n % 4 == 0 ? End.SUCCEEDED : End.UNANSWERED)));
    assertThat(found.success()).isEqualTo(0.25);
    assertThat(found.unanswered()).isEqualTo(75);
  }

  @Test
  void failsFastFromTheFirstTenQuickAnswersInARow() {
    var found = figures(HANG, hundred(n -> outcome(n, n < 30 || n == 35 ? 2_000 : 3, End.FAILED)));
    assertThat(found.failsFast()).contains(Duration.ofMillis(3_600));
  }

  @Test
  void neverFailsFastWhenNobodyIsAnswered() {
    assertThat(figures(HANG, hundred(n -> outcome(n, 1, End.UNANSWERED))).failsFast()).isEmpty();
  }

  @Test
  void recoversFromTheRepairOn() {
    var found = figures(RECOVERY, hundred(n -> outcome(n, 1, n < 52 ? End.FAILED : End.SUCCEEDED)));
    assertThat(found.recovers()).contains(Duration.ofMillis(1_200));
  }

  @Test
  void onlyARepairedUpstreamIsRecoveredFrom() {
    assertThat(figures(HANG, hundred(n -> outcome(n, 1, End.SUCCEEDED))).recovers()).isEmpty();
  }

  @Test
  void countsWhatMustNotBeRepeatedAndWas() {
    var ledger = new Ledger();
    ledger.received("a", true);
    ledger.received("a", true);
    ledger.received("b", false);
    ledger.received("b", false);
    ledger.received("b", false);
    var found =
        Figures.of("orders", HANG, hundred(n -> outcome(n, 1, End.SUCCEEDED)), ledger, LOAD);
    assertThat(found.duplicates()).isEqualTo(2);
    assertThat(found.amplification()).isEqualTo(0.05);
  }
}
