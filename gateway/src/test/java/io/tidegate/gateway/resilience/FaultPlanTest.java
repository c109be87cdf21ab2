package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.FaultPlan.Fault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {
  private static final Optional<FaultOptions.Delay> DELAY =
      Optional.of(new FaultOptions.Delay(Duration.ofSeconds(2), 0.1));
  private static final Optional<FaultOptions.Abort> ABORT =
      Optional.of(new FaultOptions.Abort(503, 0.05));
  private static final Optional<FaultOptions.Reset> RESET =
      Optional.of(new FaultOptions.Reset(0.01));

  private static Fault drawn(FaultOptions options, double... chances) {
    ArrayDeque<Double> next = new ArrayDeque<>();
    for (double chance : chances) {
      next.add(chance);
    }
    return new FaultPlan(options, next::poll).next(name -> null);
  }

  private static final FaultOptions ALL = new FaultOptions(DELAY, ABORT, RESET, Map.of());

  @Test
  void mostRequestsAreLeftAlone() {
    assertThat(drawn(ALL, 0.1, 0.061)).isSameAs(Fault.NONE);
  }

  @Test
  void drawsTheDelayForItself() {
    assertThat(drawn(ALL, 0.09, 0.5)).isEqualTo(new Fault(2_000, OptionalInt.empty(), false));
    assertThat(drawn(ALL, 0.09, 0.04)).isEqualTo(new Fault(2_000, OptionalInt.of(503), false));
  }

  @Test
  void abortsOrResetsButNeverBoth() {
    assertThat(drawn(ALL, 0.9, 0.049)).isEqualTo(new Fault(0, OptionalInt.of(503), false));
    assertThat(drawn(ALL, 0.9, 0.055)).isEqualTo(new Fault(0, OptionalInt.empty(), true));
  }

  @Test
  void touchesOnlyRequestsThatAskForIt() {
    FaultOptions marked =
        new FaultOptions(
            Optional.empty(),
            Optional.of(new FaultOptions.Abort(500, 1)),
            Optional.empty(),
            Map.of("X-Fault", "1"));
    FaultPlan plan = new FaultPlan(marked, () -> 0);

    assertThat(plan.next(name -> null)).isSameAs(Fault.NONE);
    assertThat(plan.next(name -> "2")).isSameAs(Fault.NONE);
    assertThat(plan.next(name -> name.equals("X-Fault") ? "1" : null).abort()).hasValue(500);
  }

  @Test
  void sharesAreSharesOfTheRequests() {
    FaultPlan plan = new FaultPlan(ALL, new SplittableRandom(7)::nextDouble);
    List<Fault> faults = Stream.generate(() -> plan.next(name -> null)).limit(100_000).toList();

    assertThat(faults.stream().filter(f -> f.delayMillis() > 0).count()).isBetween(9_500L, 10_500L);
    assertThat(faults.stream().filter(f -> f.abort().isPresent()).count())
        .isBetween(4_700L, 5_300L);
    assertThat(faults.stream().filter(Fault::reset).count()).isBetween(850L, 1_150L);
  }
}
