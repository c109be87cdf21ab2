package io.tidegate.cache.freshness;

import java.util.List;
import java.util.Locale;

/**
 * A range of bytes of a body whose length is known (RFC 9110 §14.1.2).
 *
 * @param first position of the first byte
 * @param last position of the last byte, inclusive
 */
record ByteRange(long first, long last) {
  /** Nothing that has to be heeded: another unit, several ranges, or not a range at all. */
  static final ByteRange NONE = new ByteRange(-1, -1);

  /** A range that this body does not have. */
  static final ByteRange UNSATISFIABLE = new ByteRange(-1, -2);

  private static final String UNIT = "bytes=";
  private static final long INVALID = -1;

  /**
   * @param bodyLength at least 1
   */
  static ByteRange of(List<String> lines, long bodyLength) {
    String line = lines.get(0).trim().toLowerCase(Locale.ROOT);
    if (lines.size() > 1 || !line.startsWith(UNIT)) {
      return NONE;
    }
    String spec = line.substring(UNIT.length()).trim();
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return NONE;
    }
    String end = spec.substring(dash + 1);
    return dash == 0 ? suffix(end, bodyLength) : fromTo(spec.substring(0, dash), end, bodyLength);
  }

  private static ByteRange suffix(String end, long bodyLength) {
    long count = position(end);
    if (count == INVALID) {
      return NONE;
    }
    return count == 0
        ? UNSATISFIABLE
        : new ByteRange(Math.max(0, bodyLength - count), bodyLength - 1);
  }

  private static ByteRange fromTo(String start, String end, long bodyLength) {
    long first = position(start);
    long last = end.isEmpty() ? Long.MAX_VALUE : position(end);
    if (first == INVALID || last == INVALID || last < first) {
      return NONE;
    }
    return first >= bodyLength
        ? UNSATISFIABLE
        : new ByteRange(first, Math.min(last, bodyLength - 1));
  }

  /** All digits, or {@link #INVALID}; what is beyond any body is the largest number. */
  private static long position(String text) {
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return INVALID;
      }
      value = value > Long.MAX_VALUE / 20 ? Long.MAX_VALUE / 20 : value * 10 + (c - '0');
    }
    return text.isEmpty() ? INVALID : value;
  }

  long length() {
    return last - first + 1;
  }
}
