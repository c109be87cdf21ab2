package io.tidegate.cache.freshness;

import java.util.List;
import java.util.Locale;

/**
 * Reads the list of cache directives (RFC 9111 §5.2) from whatever a peer sends: never fails, and
 * where the text can be read in two ways, takes the one that forbids more.
 */
final class Directives {
  /** Stands for an argument that is none, such as one with a space before it. */
  static final String MALFORMED = "\0";

  /** The most that counts as seconds; larger numbers are this (RFC 9111 §1.2.2). */
  static final long MOST = 1L << 31;

  /** What was not said. */
  static final long ABSENT = -1;

  private static final long INVALID = -2;

  /** Takes directives as they are found. */
  interface Sink {
    /**
     * @param name in small letters
     * @param argument without quotes; null when there is none; {@link #MALFORMED}
     */
    void directive(String name, String argument);
  }

  private final String text;
  private int at;

  private Directives(String text) {
    this.text = text;
  }

  static void read(List<String> lines, Sink sink) {
    for (int i = 0; i < lines.size(); i++) {
      new Directives(lines.get(i)).readAll(sink);
    }
  }

  private void readAll(Sink sink) {
    while (true) {
      while (at < text.length() && (isSpace(text.charAt(at)) || text.charAt(at) == ',')) {
        at++;
      }
      if (at == text.length()) {
        return;
      }
      int start = at;
      while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != ',') {
        at++;
      }
      int end = trimmed(start, at);
      String name = text.substring(start, end).toLowerCase(Locale.ROOT);
      boolean spaced = end < at;
      if (at == text.length() || text.charAt(at) == ',') {
        sink.directive(name, null);
      } else {
        at++;
        String argument = argument();
        sink.directive(name, spaced ? MALFORMED : argument);
      }
    }
  }

  private String argument() {
    if (at < text.length() && text.charAt(at) == '"') {
      String quoted = quoted();
      if (quoted != null) {
        return quoted;
      }
    }
    int start = at;
    while (at < text.length() && text.charAt(at) != ',') {
      at++;
    }
    int end = trimmed(start, at);
    return end == start || isSpace(text.charAt(start)) ? MALFORMED : text.substring(start, end);
  }

  /** Null, and nothing read, when the quote does not end: it may hide a directive that forbids. */
  private String quoted() {
    var value = new StringBuilder();
    int i = at + 1;
    while (i < text.length() && text.charAt(i) != '"') {
      if (text.charAt(i) == '\\' && i + 1 < text.length()) {
        i++;
      }
      value.append(text.charAt(i++));
    }
    if (i >= text.length()) {
      return null;
    }
    at = i + 1;
    int after = at;
    while (at < text.length() && text.charAt(at) != ',') {
      at++;
    }
    return trimmed(after, at) == after ? value.toString() : MALFORMED;
  }

  private int trimmed(int start, int end) {
    int last = end;
    while (last > start && isSpace(text.charAt(last - 1))) {
      last--;
    }
    return last;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  /** Seconds, at most {@link #MOST}; {@code invalid} when the argument is not all digits. */
  static long seconds(String argument, long invalid) {
    long seconds = digits(argument);
    return seconds == INVALID ? invalid : seconds;
  }

  private static long digits(String argument) {
    if (argument == null || argument.isEmpty()) {
      return INVALID;
    }
    long seconds = 0;
    for (int i = 0; i < argument.length(); i++) {
      char c = argument.charAt(i);
      if (c < '0' || c > '9') {
        return INVALID;
      }
      seconds = Math.min(MOST, seconds * 10 + (c - '0'));
    }
    return seconds;
  }

  /** The smaller of what was said before and what is said now. */
  static long least(long before, long now) {
    return before == ABSENT ? now : Math.min(before, now);
  }
}
