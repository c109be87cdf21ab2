package io.tidegate.gateway.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectationTest {
  private static final Figures FIGURES =
      new Figures(
          "orders",
          "hang",
          100,
          0.99,
          1,
          Duration.ofMillis(2),
          Duration.ofMillis(500),
          Duration.ofMillis(1_500),
          1.25,
          Optional.empty(),
          Optional.empty(),
          0);

  @ParameterizedTest
  @CsvSource({
    "success>=99%, true",
    "success>99%, false",
    "p99<=500ms, true",
    "p99<=0.5s, true",
    "p50<2ms, false",
    "worst<=1s, false",
    "amplification<=1.25, true",
    "amplification<1.2, false",
    "duplicates=0, true",
    "unanswered=0, false",
    "fails-fast<=60s, false",
  })
  void comparesWithTheFigures(String text, boolean holds) {
    assertThat(Expectation.parse(text).get(0).holds(FIGURES)).isEqualTo(holds);
  }

  @Test
  void concernsTheScenarioThatItNamesOrAll() {
    assertThat(Expectation.parse("p99<=1ms").get(0).concerns(FIGURES)).isTrue();
    assertThat(Expectation.parse("hang:p99<=1ms").get(0).concerns(FIGURES)).isTrue();
    assertThat(Expectation.parse("healthy:p99<=1ms").get(0).concerns(FIGURES)).isFalse();
    assertThat(Expectation.parse("recovers<=1s").get(0).concerns(FIGURES)).isFalse();
  }

  @Test
  void readsSeveral() {
    assertThat(Expectation.parse("success>=99%, p99<=500ms,amplification<=1.3"))
        .extracting(Expectation::measure)
        .containsExactly("success", "p99", "amplification");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "success",
        "success>=0.99",
        "p99<=500",
        "p99<=5%",
        "amplification<=1ms",
        "speed>=1",
        "nowhere:p99<=1ms",
        "success=>99%"
      })
  void refusesWhatItCannotMean(String text) {
    assertThatThrownBy(() -> Expectation.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("--assert: ")
        .hasMessageContaining("expected");
  }
}
