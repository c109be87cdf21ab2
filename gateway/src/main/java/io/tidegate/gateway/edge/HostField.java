package io.tidegate.gateway.edge;

/** The grammar of Host and :authority: {@code uri-host [ ":" port ]} (RFC 9110 §7.2). */
final class HostField {
  private HostField() {}

  /** Whether {@code text} is a host with an optional port; user information is not allowed. */
  static boolean isValid(String text) {
    int length = text.length();
    if (length == 0 || length > 262) {
      return false;
    }
    int i = 0;
    if (text.charAt(0) == '[') {
      int close = text.indexOf(']');
      if (close < 3) {
        return false;
      }
      for (i = 1; i < close; i++) {
        char c = text.charAt(i);
        if (!hex(c) && c != ':' && c != '.') {
          return false;
        }
      }
      i = close + 1;
    } else {
      while (i < length && text.charAt(i) != ':') {
        if (!name(text.charAt(i))) {
          return false;
        }
        i++;
      }
      if (i == 0) {
        return false;
      }
    }
    return i == length || port(text, i);
  }

  private static boolean port(String text, int colon) {
    if (text.charAt(colon) != ':' || text.length() - colon > 6) {
      return false;
    }
    int value = 0;
    for (int i = colon + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
      value = value * 10 + (c - '0');
    }
    return value <= 65_535 && text.length() > colon + 1;
  }

  /** Letters, digits and what registered names use; percent-encoding has no place in DNS. */
  private static boolean name(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  private static boolean hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}
