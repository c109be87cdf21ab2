package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {
  private final ManualClock clock = new ManualClock();
  private final LatencyWindow window = new LatencyWindow(clock);

  @Test
  void saysNothingBeforeThereAreEnoughCalls() {
    record(19, 10);
    assertThat(window.p95Nanos()).isEqualTo(LatencyWindow.UNKNOWN);
    clock.advanceMillis(250);

    record(1, 10);

    assertThat(window.p95Nanos()).isPositive();
  }

  @Test
  void tellsTheMedianFromTheSlowFew() {
    record(90, 10);
    record(10, 300);

    assertThat(window.medianNanos()).isBetween(millis(10), millis(11));
    assertThat(window.p95Nanos()).isBetween(millis(300), millis(319));
  }

  @Test
  void forgetsWhatIsOlderThanTheWindow() {
    record(100, 500);
    clock.advanceMillis(30_000);
    record(100, 5);

    assertThat(window.p95Nanos()).isBetween(millis(5), millis(6));

    clock.advanceMillis(30_000);
    assertThat(window.p95Nanos()).isEqualTo(LatencyWindow.UNKNOWN);
  }

  @Property
  void isNeverTooShortAndAtMostASixteenthTooLong(
      @ForAll @Size(min = 20, max = 200) List<@LongRange(max = 120_000_000_000L) Long> durations) {
    LatencyWindow fresh = new LatencyWindow(new ManualClock());
    durations.forEach(fresh::record);
    List<Long> sorted = durations.stream().sorted().toList();

    assertClose(fresh.medianNanos(), sorted.get((int) Math.ceil(0.5 * sorted.size()) - 1));
    assertClose(fresh.p95Nanos(), sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1));
  }

  private static void assertClose(long said, long exact) {
    assertThat(said).isBetween(exact, exact + exact / 16 + 4_096);
  }

  @Property
  void bucketsCoverAllDurationsWithoutGaps(@ForAll @LongRange(max = Long.MAX_VALUE) long nanos) {
    int bucket = LatencyWindow.bucket(nanos);
    boolean last = bucket == LatencyWindow.bucket(Long.MAX_VALUE);

    assertThat(nanos <= LatencyWindow.longest(bucket) || last).isTrue();
    assertThat(bucket == 0 || nanos > LatencyWindow.longest(bucket - 1)).isTrue();
  }

  private void record(int times, long millis) {
    for (int i = 0; i < times; i++) {
      window.record(millis(millis));
    }
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }
}
