package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.BackoffOptions.Jitter;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final double ALMOST_ONE = Math.nextDown(1.0);

  private static Backoff backoff(Jitter jitter, double chance) {
    return new Backoff(
        new BackoffOptions(Duration.ofMillis(25), Duration.ofMillis(250), jitter), () -> chance);
  }

  @Test
  void withoutJitterTheWaitDoublesUpToTheMaximum() {
    Backoff backoff = backoff(Jitter.NONE, 0.7);

    assertThat(List.of(0, 1, 2, 3, 4, 62, 63, 64, Integer.MAX_VALUE))
        .extracting(attempt -> backoff.nextMillis(attempt, 0))
        .containsExactly(25L, 50L, 100L, 200L, 250L, 250L, 250L, 250L, 250L);
  }

  @Test
  void fullJitterReachesFromNothingToTheBound() {
    assertThat(backoff(Jitter.FULL, 0).nextMillis(2, 0)).isZero();
    assertThat(backoff(Jitter.FULL, ALMOST_ONE).nextMillis(2, 0)).isEqualTo(100);
  }

  @Test
  void equalJitterKeepsHalfOfTheBound() {
    assertThat(backoff(Jitter.EQUAL, 0).nextMillis(2, 0)).isEqualTo(50);
    assertThat(backoff(Jitter.EQUAL, ALMOST_ONE).nextMillis(2, 0)).isEqualTo(100);
  }

  @Test
  void decorrelatedJitterGrowsFromTheLastWait() {
    assertThat(backoff(Jitter.DECORRELATED, 0).nextMillis(3, 60)).isEqualTo(25);
    assertThat(backoff(Jitter.DECORRELATED, ALMOST_ONE).nextMillis(0, 0)).isEqualTo(75);
    assertThat(backoff(Jitter.DECORRELATED, ALMOST_ONE).nextMillis(3, 60)).isEqualTo(180);
    assertThat(backoff(Jitter.DECORRELATED, ALMOST_ONE).nextMillis(9, 250)).isEqualTo(250);
  }

  @Property
  void neverLeavesItsBounds(
      @ForAll Jitter jitter,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 1_000_000) long base,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 1_000_000) long more,
      @ForAll @IntRange(min = -1) int attempt,
      @ForAll @LongRange(min = 0) long previous,
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double chance) {
    long max = base + more;
    Backoff backoff =
        new Backoff(
            new BackoffOptions(Duration.ofMillis(base), Duration.ofMillis(max), jitter),
            () -> chance);

    long wait = backoff.nextMillis(attempt, previous);

    long least =
        switch (jitter) {
          case FULL -> 0;
          case EQUAL -> base / 2;
          case DECORRELATED, NONE -> base;
        };
    assertThat(wait).isBetween(least, max);
  }
}
