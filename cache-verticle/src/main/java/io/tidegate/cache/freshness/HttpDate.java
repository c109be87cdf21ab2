package io.tidegate.cache.freshness;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * The three forms of HTTP-date (RFC 9110 §5.6.7), to the letter but for case. Day names are not
 * held against the date, since nobody gains by it.
 */
final class HttpDate {
  /** What is no date. */
  static final long INVALID = Long.MIN_VALUE;

  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
  private static final String DAYS = "monday tuesday wednesday thursday friday saturday sunday ";

  /** Years that a date of two digits may lie ahead before it is taken as past. */
  private static final int HORIZON = 50;

  private final String text;
  private int at;
  private boolean valid = true;

  private HttpDate(String text) {
    this.text = text.toLowerCase(Locale.ROOT);
  }

  /**
   * Milliseconds since the epoch, or {@link #INVALID}.
   *
   * @param nowMillis tells the century of a year that has two digits
   */
  static long parse(String value, long nowMillis) {
    if (value == null || value.length() < 24 || value.length() > 40) {
      return INVALID;
    }
    var date = new HttpDate(value.trim());
    int comma = date.text.indexOf(',');
    if (comma < 0) {
      return date.asctime();
    }
    return comma == 3 ? date.fixed() : date.rfc850(comma, nowMillis);
  }

  private long fixed() {
    day(3);
    literal(", ");
    int day = digits(2);
    literal(" ");
    int month = month();
    literal(" ");
    int year = digits(4);
    literal(" ");
    return end(year, month, day, " gmt");
  }

  private long rfc850(int comma, long nowMillis) {
    day(comma);
    literal(", ");
    int day = digits(2);
    literal("-");
    int month = month();
    literal("-");
    int year = digits(2);
    literal(" ");
    int thisYear =
        LocalDateTime.ofEpochSecond(Math.floorDiv(nowMillis, 1000), 0, ZoneOffset.UTC).getYear();
    int full = thisYear - Math.floorMod(thisYear, 100) + year;
    return end(full > thisYear + HORIZON ? full - 100 : full, month, day, " gmt");
  }

  private long asctime() {
    day(3);
    literal(" ");
    int month = month();
    literal(" ");
    if (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    int day = digits(at > 0 && text.charAt(at - 1) == ' ' && text.charAt(at - 2) == ' ' ? 1 : 2);
    literal(" ");
    int clock = at;
    at += 8;
    literal(" ");
    int year = digits(4);
    valid &= at == text.length();
    at = clock;
    return end(year, month, day, null);
  }

  private long end(int year, int month, int day, String zone) {
    int hour = digits(2);
    literal(":");
    int minute = digits(2);
    literal(":");
    int second = digits(2);
    if (zone != null) {
      literal(zone);
      valid &= at == text.length();
    }
    if (!valid || second > 60) {
      return INVALID;
    }
    try {
      return LocalDateTime.of(year, month, day, hour, minute, Math.min(second, 59))
              .toEpochSecond(ZoneOffset.UTC)
          * 1000;
    } catch (DateTimeException impossible) {
      return INVALID;
    }
  }

  private void day(int length) {
    String name = text.substring(0, length);
    boolean known = length == 3 ? DAYS.startsWith(name) || DAYS.contains(" " + name) : full(name);
    valid &= known;
    at = length;
  }

  private static boolean full(String name) {
    return !name.contains(" ") && (DAYS.startsWith(name + " ") || DAYS.contains(" " + name + " "));
  }

  private int month() {
    int found = at + 3 <= text.length() ? MONTHS.indexOf(text.substring(at, at + 3)) : -1;
    valid &= found >= 0 && found % 3 == 0;
    at += 3;
    return found / 3 + 1;
  }

  private int digits(int count) {
    int number = 0;
    for (int i = 0; i < count; i++, at++) {
      char c = at < text.length() ? text.charAt(at) : 'x';
      valid &= c >= '0' && c <= '9';
      number = number * 10 + (c - '0');
    }
    return number;
  }

  private void literal(String expected) {
    valid &= text.startsWith(expected, at);
    at += expected.length();
  }
}
