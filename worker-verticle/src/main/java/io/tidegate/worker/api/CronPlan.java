package io.tidegate.worker.api;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Times by the fields of cron: minute, hour, day of month, month, day of week (0 and 7 are Sunday).
 * A field is {@code *}, a number, a name of a month or day, a range {@code a-b}, a step {@code
 * x/n}, or several of these with commas. As with Vixie's cron, a day matches either day field when
 * both are restricted. {@code @hourly}, {@code @daily}, {@code @weekly}, {@code @monthly} and
 * {@code @yearly} are understood.
 *
 * @param text as written
 */
public record CronPlan(String text) {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  /** The 29th of February comes at least once in so many years. */
  private static final int HORIZON_YEARS = 9;

  public CronPlan {
    Fields.of(text);
  }

  /**
   * The first time after another, on the clock of a zone: a time that is skipped there runs at the
   * end of the gap, one that comes twice runs the first time.
   *
   * @return empty when there is none, as on a 30th of February
   */
  public Optional<Instant> next(Instant after, ZoneId zone) {
    return Fields.of(text).next(after, zone);
  }

  private record Fields(
      BitSet minutes, BitSet hours, BitSet days, BitSet months, BitSet weekdays, boolean either) {

    static Fields of(String text) {
      String[] parts = spelled(text).trim().split("\\s+");
      if (parts.length != 5) {
        throw wrong(text, "five fields: minute, hour, day of month, month, day of week");
      }
      BitSet weekdays = field(text, parts[4], 0, 7, DAYS, 0);
      if (weekdays.get(7)) {
        weekdays.set(0);
      }
      return new Fields(
          field(text, parts[0], 0, 59, List.of(), 0),
          field(text, parts[1], 0, 23, List.of(), 0),
          field(text, parts[2], 1, 31, List.of(), 0),
          field(text, parts[3], 1, 12, MONTHS, 1),
          weekdays,
          !parts[2].startsWith("*") && !parts[4].startsWith("*"));
    }

    private static String spelled(String text) {
      return switch (text.trim()) {
        case "@hourly" -> "0 * * * *";
        case "@daily", "@midnight" -> "0 0 * * *";
        case "@weekly" -> "0 0 * * 0";
        case "@monthly" -> "0 0 1 * *";
        case "@yearly", "@annually" -> "0 0 1 1 *";
        default -> text;
      };
    }

    private static BitSet field(
        String text, String part, int least, int most, List<String> names, int base) {
      BitSet set = new BitSet();
      for (String item : part.split(",", -1)) {
        String[] stepped = item.split("/", -1);
        int step = stepped.length == 1 ? 1 : number(text, stepped[1], 1, most, List.of(), 0);
        if (stepped.length > 2) {
          throw wrong(text, "one step in " + item);
        }
        String range = stepped[0];
        int from = least;
        int to = most;
        if (!range.equals("*")) {
          String[] ends = range.split("-", -1);
          from = number(text, ends[0], least, most, names, base);
          to = ends.length == 2 ? number(text, ends[1], least, most, names, base) : from;
          to = ends.length == 1 && stepped.length == 2 ? most : to;
          if (ends.length > 2 || to < from) {
            throw wrong(text, "a range from low to high, not " + range);
          }
        }
        for (int value = from; value <= to; value += step) {
          set.set(value);
        }
      }
      return set;
    }

    private static int number(
        String text, String word, int least, int most, List<String> names, int base) {
      int named = names.indexOf(word.toLowerCase(Locale.ROOT));
      if (named >= 0) {
        return named + base;
      }
      if (word.matches("\\d{1,2}")) {
        int value = Integer.parseInt(word);
        if (value >= least && value <= most) {
          return value;
        }
      }
      throw wrong(text, least + " to " + most + " in place of '" + word + "'");
    }

    private static IllegalArgumentException wrong(String text, String expected) {
      return new IllegalArgumentException(
          "schedule.cron: '" + text + "' (expected: " + expected + ")");
    }

    Optional<Instant> next(Instant after, ZoneId zone) {
      LocalDateTime local = LocalDateTime.ofInstant(after, zone);
      // In an autumn hour that comes twice the local clock has been there before: start earlier,
      // and let the comparison of instants decide.
      LocalDate date = local.minusHours(3).toLocalDate();
      LocalDate end = date.plusYears(HORIZON_YEARS);
      for (; date.isBefore(end); date = date.plusDays(1)) {
        if (!months.get(date.getMonthValue())) {
          date = date.withDayOfMonth(date.lengthOfMonth());
          continue;
        }
        if (matches(date)) {
          Optional<Instant> found = within(date, after, zone);
          if (found.isPresent()) {
            return found;
          }
        }
      }
      return Optional.empty();
    }

    private boolean matches(LocalDate date) {
      boolean day = days.get(date.getDayOfMonth());
      boolean weekday = weekdays.get(date.getDayOfWeek().getValue() % 7);
      return either ? day || weekday : day && weekday;
    }

    private Optional<Instant> within(LocalDate date, Instant after, ZoneId zone) {
      for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
        for (int m = minutes.nextSetBit(0); m >= 0; m = minutes.nextSetBit(m + 1)) {
          Instant time = instant(LocalDateTime.of(date, LocalTime.of(hour, m)), zone);
          if (time.isAfter(after)) {
            return Optional.of(time);
          }
        }
      }
      return Optional.empty();
    }

    private static Instant instant(LocalDateTime local, ZoneId zone) {
      var gap = zone.getRules().getTransition(local);
      if (gap != null && gap.isGap()) {
        return gap.getInstant(); // Every time of the gap is its end: they become one.
      }
      return ZonedDateTime.of(local, zone).toInstant(); // The earlier one where there are two.
    }
  }
}
