package io.tidegate.gateway.route;

import java.nio.charset.StandardCharsets;

/** Reads single values out of a query without taking all of it apart. */
final class QueryText {
  private QueryText() {}

  /**
   * The decoded value of the first pair called {@code name}; empty text for a pair without {@code
   * =}; null when there is none. A plus is a space and a percent sign without two hex digits is
   * itself, as in the URL standard's form decoding; octets are taken as UTF-8.
   */
  static String first(String query, String name) {
    if (query == null) {
      return null;
    }
    for (int from = 0; from <= query.length(); ) {
      int to = query.indexOf('&', from);
      to = to < 0 ? query.length() : to;
      int equals = query.indexOf('=', from);
      int nameEnd = equals < 0 || equals > to ? to : equals;
      if (isName(query, from, nameEnd, name)) {
        return nameEnd == to ? "" : decode(query, nameEnd + 1, to);
      }
      from = to + 1;
    }
    return null;
  }

  private static boolean isName(String query, int from, int to, String name) {
    for (int i = from; i < to; i++) {
      if (query.charAt(i) == '%' || query.charAt(i) == '+') {
        return decode(query, from, to).equals(name);
      }
    }
    return to - from == name.length() && query.startsWith(name, from);
  }

  private static String decode(String query, int from, int to) {
    String text = query.substring(from, to);
    return text.indexOf('%') < 0 && text.indexOf('+') < 0 ? text : decoded(text);
  }

  private static String decoded(String text) {
    byte[] octets = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '%' ? Hex.octet(text, i + 1) : -1;
      if (value >= 0) {
        i += 2;
      } else {
        value = c == '+' ? ' ' : c;
      }
      octets[length++] = (byte) value;
    }
    return new String(octets, 0, length, StandardCharsets.UTF_8);
  }
}
