package io.tidegate.gateway.route;

/** The two hex digits of a percent-encoded octet. */
final class Hex {
  private static final String DIGITS = "0123456789ABCDEF";

  private Hex() {}

  /** The octet whose two hex digits are at {@code at}, 0 to 255; -1 when they are not there. */
  static int octet(CharSequence text, int at) {
    if (at + 1 >= text.length()) {
      return -1;
    }
    int high = digit(text.charAt(at));
    int low = digit(text.charAt(at + 1));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  static void appendTriplet(StringBuilder out, int octet) {
    out.append('%').append(DIGITS.charAt(octet >> 4)).append(DIGITS.charAt(octet & 15));
  }

  /** Not {@link Character#digit(char, int)}, which takes digits of every script. */
  private static int digit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
