package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.ConcurrencyOptions.Adaptive;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
  private static final Adaptive BOUNDS = new Adaptive(8, 1_000);

  private final ManualClock clock = new ManualClock();
  private int limit;

  private AdaptiveLimit starting(int initial) {
    return new AdaptiveLimit(BOUNDS, initial, changed -> limit = changed, clock);
  }

  @Test
  void startsWithinItsBounds() {
    starting(5_000);
    assertThat(limit).isEqualTo(1_000);
    starting(1);
    assertThat(limit).isEqualTo(8);
  }

  @Test
  void growsWhileCallsTakeAsLongAsEver() {
    AdaptiveLimit adaptive = starting(20);

    windows(adaptive, 100, 20, 1_000);

    assertThat(limit).isGreaterThan(100);
  }

  @Test
  void shrinksWhenCallsBeginToQueue() {
    AdaptiveLimit adaptive = starting(200);
    windows(adaptive, 20, 20, 10);

    windows(adaptive, 20, 200, 200);

    assertThat(limit).isLessThan(60);
  }

  @Test
  void doesNotGrowWithoutNeed() {
    AdaptiveLimit adaptive = starting(100);

    windows(adaptive, 100, 20, 49);

    assertThat(limit).isEqualTo(100);
  }

  @Test
  void isNotFooledByNoiseOfAFastUpstream() {
    AdaptiveLimit adaptive = starting(100);
    SplittableRandom random = new SplittableRandom(1);
    int least = limit;
    for (int i = 0; i < 500; i++) {
      window(adaptive, 50_000 + random.nextLong(800_000), 100);
      least = Math.min(least, limit);
    }

    assertThat(least).isEqualTo(100);
  }

  @Test
  void acceptsAPermanentlySlowerUpstreamAfterAWhile() {
    AdaptiveLimit adaptive = starting(200);
    windows(adaptive, 20, 20, 200);
    windows(adaptive, 40, 60, 200);
    int low = limit;

    windows(adaptive, 2_000, 60, 1_000);

    assertThat(limit).isGreaterThan(2 * low);
  }

  /** A queue in front of 50 servers: the limit settles near what they can do. */
  @Test
  void settlesNearTheCapacityOfAQueueingServer() {
    AdaptiveLimit adaptive = starting(20);
    for (int i = 0; i < 2_000; i++) {
      double queueing = Math.max(1, limit / 50.0);
      window(adaptive, (long) (millis(20) * queueing), limit);
    }

    assertThat(limit).isBetween(40, 200);
  }

  @Property(tries = 100)
  void neverLeavesItsBounds(@ForAll @IntRange(max = 100_000) int seed) {
    AdaptiveLimit adaptive = starting(100);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 300; i++) {
      window(adaptive, random.nextLong(1, 10_000_000_000L), random.nextInt(2_000));
      assertThat(limit).isBetween(8, 1_000);
    }
  }

  private void windows(AdaptiveLimit adaptive, int windows, long millis, int inFlight) {
    for (int i = 0; i < windows; i++) {
      window(adaptive, millis(millis), inFlight);
    }
  }

  private void window(AdaptiveLimit adaptive, long durationNanos, int inFlight) {
    clock.advanceMillis(250);
    for (int i = 0; i < 10; i++) {
      adaptive.record(durationNanos, inFlight);
    }
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
