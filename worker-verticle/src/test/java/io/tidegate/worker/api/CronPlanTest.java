package io.tidegate.worker.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CronPlanTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");

  private static List<String> next(String cron, String after, ZoneId zone, int count) {
    List<String> times = new ArrayList<>();
    Instant at = Instant.parse(after);
    for (int i = 0; i < count; i++) {
      at = new CronPlan(cron).next(at, zone).orElseThrow();
      times.add(at.toString());
    }
    return times;
  }

  @Test
  void readsNumbersRangesStepsListsAndNames() {
    assertThat(next("*/20 9-10 * * mon-fri", "2026-11-27T10:25:00Z", UTC, 3))
        .containsExactly("2026-11-27T10:40:00Z", "2026-11-30T09:00:00Z", "2026-11-30T09:20:00Z");
    assertThat(next("5 4 1,15 jan *", "2026-01-01T04:05:00Z", UTC, 2))
        .containsExactly("2026-01-15T04:05:00Z", "2027-01-01T04:05:00Z");
    assertThat(next("@monthly", "2026-11-25T00:00:00Z", UTC, 1))
        .containsExactly("2026-12-01T00:00:00Z");
    assertThat(next("0 0 * * 7", "2026-11-25T00:00:00Z", UTC, 1))
        .containsExactly("2026-11-29T00:00:00Z");
  }

  @Test
  void aDayMatchesEitherFieldWhenBothAreRestricted() {
    assertThat(next("0 0 13 * fri", "2026-11-01T00:00:00Z", UTC, 3))
        .containsExactly("2026-11-06T00:00:00Z", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z");
  }

  @Test
  void aTimeThatSpringSkipsRunsAtTheEndOfTheGapOnce() {
    assertThat(next("30 2 * * *", "2026-03-28T12:00:00Z", VIENNA, 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    assertThat(next("*/30 2 * * *", "2026-03-28T12:00:00Z", VIENNA, 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
  }

  @Test
  void aTimeThatAutumnHasTwiceRunsTheFirstTime() {
    assertThat(next("30 2 * * *", "2026-10-24T12:00:00Z", VIENNA, 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
  }

  @Test
  void theLeapDayComesAndTheThirtiethOfFebruaryNever() {
    assertThat(next("0 0 29 2 *", "2026-11-25T00:00:00Z", UTC, 1))
        .containsExactly("2028-02-29T00:00:00Z");
    assertThat(new CronPlan("0 0 30 2 *").next(Instant.EPOCH, UTC)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "1/2/3 * * * *",
        "a * * * *",
        "1,,2 * * * *",
        "* * * * * *"
      })
  void refusesWhatIsNoSchedule(String cron) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CronPlan(cron))
        .withMessageContaining("schedule.cron: '" + cron + "' (expected: ");
  }
}
