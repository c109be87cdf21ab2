package io.tidegate.gateway.offload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.gateway.route.AsyncOptions;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request's fields say of the job that it is to become. */
class WishTest {
  private static final Instant NOW = Instant.parse("2031-05-04T03:00:00Z");
  private static final AsyncOptions ROUTE =
      new AsyncOptions(
          "q", AsyncOptions.When.ALWAYS, true, Duration.ZERO, List.of(), Optional.empty());

  private static Wish read(Map<String, String> fields) {
    return Wish.read(
        name -> Optional.ofNullable(fields.get(name)), ROUTE, CallbackOptions.DEFAULTS, NOW);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "\"8e03978e\", 8e03978e",
        "8e03978e-40d5, 8e03978e-40d5",
        "\"a\\\"b\\\\c\", a\"b\\c",
        "\"a\"; v=1, a",
      })
  void aKeyIsAStringOrABareToken(String written, String key) {
    assertThat(read(Map.of(Wish.KEY, written)).key()).contains(key);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "Idempotency-Key|\"open",
        "Idempotency-Key|\"\"",
        "Idempotency-Key|a\"b",
        "Idempotency-Key|\"a\" b",
        "Job-Delay|30",
        "Job-Delay|-1s",
        "Job-Delay|9000d",
        "Job-Run-At|tomorrow",
        "Job-Run-At|2035-01-01T00:00:00Z",
        "Job-Deadline|2031-05-04T02:59:59Z",
        "Job-Priority|10",
        "Job-Priority|high",
        "Job-Max-Attempts|0",
        "Job-Max-Attempts|101",
        "Job-Callback-Url|http://a.example",
        "Job-Callback-Url|https://user@a.example/",
        "Job-Callback-Url|/relative",
      },
      delimiter = '|')
  void whatMakesNoSenseIsNamed(String field, String value) {
    assertThatThrownBy(() -> read(Map.of(field, value)))
        .isInstanceOf(WrongField.class)
        .hasMessageStartingWith(field + ": found ");
  }

  @Test
  void timesAreCountedFromNow() {
    Wish wish = read(Map.of(Wish.DELAY, "90s", Wish.DEADLINE, "2h", Wish.PRIORITY, "7"));

    assertThat(wish.terms().runAt()).contains(NOW.plusSeconds(90));
    assertThat(wish.terms().deadline()).contains(NOW.plusSeconds(7200));
    assertThat(wish.terms().priority()).isEqualTo(7);
  }

  @Test
  void aTimeOfAnotherZoneIsTheSameInstant() {
    assertThat(read(Map.of(Wish.RUN_AT, "2031-05-04T06:00:00+02:00")).terms().runAt())
        .contains(Instant.parse("2031-05-04T04:00:00Z"));
  }

  @Test
  void delayAndTimeExcludeEachOther() {
    assertThatThrownBy(
            () -> read(Map.of(Wish.DELAY, "1s", Wish.RUN_AT, "2031-05-04T06:00:00+02:00")))
        .hasMessageContaining("either this or Job-Delay");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "respond-async|true|",
        "Respond-Async; foo=bar|true|",
        "respond-async, wait=5|true|5",
        "wait = 10, wait=20|false|10",
        "wait=\"7\"|false|7",
        "wait=soon, return=minimal|false|",
        "handling=lenient|false|",
      })
  void preferencesAreReadLeniently(String prefer, boolean async, Long seconds) {
    Preferences read = Preferences.of(MultiMap.caseInsensitiveMultiMap().add("Prefer", prefer));

    assertThat(read.respondAsync()).isEqualTo(async);
    assertThat(read.patience()).isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
  }
}
