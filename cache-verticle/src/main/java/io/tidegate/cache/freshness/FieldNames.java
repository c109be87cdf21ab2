package io.tidegate.cache.freshness;

import java.util.List;
import java.util.Locale;

/** Lists of field names, as in Vary, Connection and {@code no-cache="..."}. */
final class FieldNames {
  private FieldNames() {}

  /**
   * Adds the names, in small letters, to {@code names}.
   *
   * @return false when something is not a name, or when there are more than {@code most}
   */
  static boolean split(String list, List<String> names, int most) {
    boolean all = true;
    int start = 0;
    while (start <= list.length()) {
      int comma = list.indexOf(',', start);
      int end = comma < 0 ? list.length() : comma;
      String name = list.substring(start, end).trim().toLowerCase(Locale.ROOT);
      if (!name.isEmpty()) {
        if (isToken(name) && names.size() < most) {
          names.add(name);
        } else {
          all = false;
        }
      }
      start = end + 1;
    }
    return all;
  }

  private static boolean isToken(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (!isTokenChar(name.charAt(i))) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /** RFC 9110 §5.6.2. */
  static boolean isTokenChar(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }
}
