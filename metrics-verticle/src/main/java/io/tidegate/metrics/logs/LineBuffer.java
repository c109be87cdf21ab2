package io.tidegate.metrics.logs;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * A line in the making: UTF-8 bytes that are reused for the next one. Text goes in escaped, so that
 * no input can end the line, forge a field or move a terminal's cursor.
 */
final class LineBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
  private static final long DAY = 86_400_000L;

  /** What needs no escape. */
  private static final boolean[] PLAIN = new boolean[128];

  static {
    for (char c = ' '; c < 0x7f; c++) {
      PLAIN[c] = c != '"' && c != '\\';
    }
  }

  private byte[] bytes;
  private int length;

  private long cachedSecond = Long.MIN_VALUE;
  private final byte[] cachedTime = new byte[19];

  LineBuffer(int capacity) {
    bytes = new byte[capacity];
  }

  void clear() {
    length = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  void raw(byte[] text) {
    room(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  void raw(char ascii) {
    room(1);
    bytes[length++] = (byte) ascii;
  }

  /**
   * Text, escaped as inside a JSON string, without the quotes.
   *
   * @param most characters; what is cut off is marked by an ellipsis
   */
  void text(String text, int most) {
    int end = Math.min(text.length(), most);
    room(end * 6 + 3); // The longest escape of one character.
    append(text, end);
  }

  /** What comes before a text, the text as {@link #text} writes it, and the closing quote. */
  void quoted(byte[] before, String text, int most) {
    int end = Math.min(text.length(), most);
    room(before.length + end * 6 + 4);
    System.arraycopy(before, 0, bytes, length, before.length);
    length += before.length;
    append(text, end);
    bytes[length++] = '"';
  }

  private void append(String text, int end) {
    byte[] to = bytes;
    int at = length;
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (PLAIN[c & 0x7f] && c < 0x80) {
        to[at++] = (byte) c;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        at = utf8(to, at, Character.toCodePoint(c, text.charAt(++i)));
      } else {
        at = unusual(to, at, c);
      }
    }
    if (end < text.length()) {
      at = utf8(to, at, '…');
    }
    length = at;
  }

  private static int unusual(byte[] to, int at, char c) {
    switch (c) {
      case '"', '\\' -> {
        to[at++] = '\\';
        to[at++] = (byte) c;
      }
      case '\n' -> {
        to[at++] = '\\';
        to[at++] = 'n';
      }
      case '\t' -> {
        to[at++] = '\\';
        to[at++] = 't';
      }
      case '\r' -> {
        to[at++] = '\\';
        to[at++] = 'r';
      }
      default -> {
        return escapable(c)
            ? escape(to, at, c)
            : utf8(to, at, Character.isSurrogate(c) ? 0xfffd : c);
      }
    }
    return at;
  }

  /** Controls, and what terminals or viewers take for a line's end or a change of direction. */
  private static boolean escapable(char c) {
    return c < ' '
        || (c >= 0x7f && c < 0xa0)
        || c == 0x2028
        || c == 0x2029
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }

  private static int escape(byte[] to, int at, char c) {
    to[at++] = '\\';
    to[at++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      to[at++] = HEX[c >> shift & 15];
    }
    return at;
  }

  private static int utf8(byte[] to, int at, int point) {
    if (point < 0x80) {
      to[at++] = (byte) point;
    } else if (point < 0x800) {
      to[at++] = (byte) (0xc0 | point >> 6);
      to[at++] = (byte) (0x80 | point & 0x3f);
    } else if (point < 0x10000) {
      to[at++] = (byte) (0xe0 | point >> 12);
      to[at++] = (byte) (0x80 | point >> 6 & 0x3f);
      to[at++] = (byte) (0x80 | point & 0x3f);
    } else {
      to[at++] = (byte) (0xf0 | point >> 18);
      to[at++] = (byte) (0x80 | point >> 12 & 0x3f);
      to[at++] = (byte) (0x80 | point >> 6 & 0x3f);
      to[at++] = (byte) (0x80 | point & 0x3f);
    }
    return at;
  }

  void number(long number) {
    room(20);
    if (number < 0) {
      if (number == Long.MIN_VALUE) {
        raw("-9223372036854775808".getBytes(StandardCharsets.ISO_8859_1));
        return;
      }
      bytes[length++] = '-';
      number = -number;
    }
    int digits = 1;
    for (long rest = number; rest >= 10; rest /= 10) {
      digits++;
    }
    digits(number, digits);
  }

  private void digits(long number, int digits) {
    room(digits);
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + number % 10);
      number /= 10;
    }
    length += digits;
  }

  /** Nanoseconds as milliseconds with three decimals. */
  void millis(long nanos) {
    long micros = Math.max(0, nanos) / 1000;
    number(micros / 1000);
    raw('.');
    digits(micros % 1000, 3);
  }

  void hex(long high, long low) {
    hex(high);
    hex(low);
  }

  void hex(long number) {
    room(16);
    for (int i = length + 15; i >= length; i--) {
      bytes[i] = HEX[(int) number & 15];
      number >>>= 4;
    }
    length += 16;
  }

  /** UTC, as {@code 2026-01-31T12:00:00.000Z}. The date is worked out once a second. */
  void time(long epochMillis) {
    long second = Math.floorDiv(epochMillis, 1000);
    if (second != cachedSecond) {
      cacheTime(second);
    }
    raw(cachedTime);
    raw('.');
    digits(epochMillis - second * 1000, 3);
    raw('Z');
  }

  /** The time of day alone, for people. */
  void clock(long epochMillis) {
    int before = length;
    time(epochMillis);
    System.arraycopy(bytes, before + 11, bytes, before, 12);
    length = before + 12;
  }

  private void cacheTime(long second) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(second * 1000, DAY));
    int ofDay = (int) Math.floorMod(second, DAY / 1000);
    put(date.getYear(), 0, 4, '-');
    put(date.getMonthValue(), 5, 2, '-');
    put(date.getDayOfMonth(), 8, 2, 'T');
    put(ofDay / 3600, 11, 2, ':');
    put(ofDay / 60 % 60, 14, 2, ':');
    put(ofDay % 60, 17, 2, ' ');
    cachedSecond = second;
  }

  private void put(int number, int at, int digits, char after) {
    for (int i = at + digits - 1; i >= at; i--) {
      cachedTime[i] = (byte) ('0' + number % 10);
      number /= 10;
    }
    if (at + digits < cachedTime.length) {
      cachedTime[at + digits] = (byte) after;
    }
  }
}
