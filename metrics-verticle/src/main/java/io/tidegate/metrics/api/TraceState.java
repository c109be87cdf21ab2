package io.tidegate.metrics.api;

import java.util.ArrayList;
import java.util.List;

/** The grammar of {@code tracestate} (W3C Trace Context level 2, §3.3). */
final class TraceState {
  private static final int MEMBERS = 32;
  private static final int LONG_MEMBER = 128;

  /** At least 512 have to be passed on; more is, up to a size that hurts nobody's header limit. */
  private static final int LIMIT = 2048;

  private TraceState() {}

  /** The members of a list, trimmed; empty when one of them is invalid or there are too many. */
  static String valid(String list) {
    List<String> members = new ArrayList<>();
    int size = 0;
    for (String part : list.split(",", -1)) {
      String member = part.strip();
      if (member.isEmpty()) {
        continue; // Allowed, so that fields can be joined without looking (§3.3.1.1).
      }
      if (!member(member) || members.size() == MEMBERS) {
        return "";
      }
      members.add(member);
      size += member.length() + 1;
    }
    if (size - 1 > LIMIT) {
      shorten(members, size - 1);
    }
    return String.join(",", members);
  }

  /** Whole members go: first the long ones, then from the right (§3.3.1.5). */
  private static void shorten(List<String> members, int size) {
    for (int i = members.size() - 1; i >= 0 && size > LIMIT; i--) {
      if (members.get(i).length() > LONG_MEMBER) {
        size -= members.remove(i).length() + 1;
      }
    }
    while (size > LIMIT) {
      size -= members.remove(members.size() - 1).length() + 1;
    }
  }

  private static boolean member(String member) {
    int equals = member.indexOf('=');
    int length = member.length();
    if (equals < 1 || equals > 256 || length - equals - 1 > 256 || length == equals + 1) {
      return false;
    }
    if (!keyStart(member.charAt(0))) {
      return false;
    }
    for (int i = 1; i < equals; i++) {
      if (!keyPart(member.charAt(i))) {
        return false;
      }
    }
    for (int i = equals + 1; i < length; i++) {
      char c = member.charAt(i);
      if (c < ' ' || c > '~' || c == '=') {
        return false;
      }
    }
    return true;
  }

  private static boolean keyStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static boolean keyPart(char c) {
    return keyStart(c) || c == '_' || c == '-' || c == '*' || c == '/' || c == '@';
  }
}
