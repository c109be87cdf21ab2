package io.tidegate.cache.freshness;

import java.util.ArrayList;
import java.util.List;

/**
 * Entity tags (RFC 9110 §8.8.3) as the text they came in. What is not a tag to the letter, such as
 * one without quotes, is a tag all the same, equal only to the very same text.
 */
final class EntityTag {
  private EntityTag() {}

  static boolean isWeak(String tag) {
    return tag.startsWith("W/");
  }

  /** A tag that means byte for byte the same content. */
  static boolean isStrong(String tag) {
    return tag != null && tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"");
  }

  /** RFC 9110 §8.8.3.2. */
  static boolean strongMatch(String a, String b) {
    return isStrong(a) && a.equals(b);
  }

  /** RFC 9110 §8.8.3.2. */
  static boolean weakMatch(String a, String b) {
    return a != null && b != null && opaque(a).equals(opaque(b));
  }

  private static String opaque(String tag) {
    return isWeak(tag) ? tag.substring(2) : tag;
  }

  /** Whether any tag of these If-None-Match lines is this one, weakly compared. */
  static boolean anyMatches(List<String> lines, String tag) {
    for (String line : lines) {
      if (line.trim().equals("*")) {
        return true;
      }
      for (String each : list(line)) {
        if (weakMatch(each, tag)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Splits at commas outside of quotes; entity tags know no escapes. */
  static List<String> list(String line) {
    List<String> tags = new ArrayList<>(2);
    int start = 0;
    boolean quoted = false;
    for (int i = 0; i <= line.length(); i++) {
      char c = i < line.length() ? line.charAt(i) : ',';
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && (!quoted || i == line.length())) {
        String tag = line.substring(start, i).trim();
        if (!tag.isEmpty()) {
          tags.add(tag);
        }
        start = i + 1;
      }
    }
    return tags;
  }
}
