package io.tidegate.gateway.route;

/** A Host field's value as it is compared. */
final class HostName {
  private HostName() {}

  /**
   * {@code host} in lower case, without port and without the trailing dot of a fully qualified
   * name; the same instance when it is so already; empty for null, which HTTP/1.0 clients send.
   */
  static String of(String host) {
    if (host == null) {
      return "";
    }
    boolean lower = true;
    int end = host.length();
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        lower = false;
      } else if (c == ':' && !(host.charAt(0) == '[' && host.indexOf(']', i) > i)) {
        end = i;
        break;
      }
    }
    if (end > 0 && host.charAt(end - 1) == '.') {
      end--;
    }
    String bare = host.substring(0, end); // the same instance when nothing is cut off
    return lower ? bare : lower(bare);
  }

  /** ASCII only: no letter outside of it is valid in a Host, and none may fold into it. */
  private static String lower(String host) {
    StringBuilder out = new StringBuilder(host.length());
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      out.append(c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c);
    }
    return out.toString();
  }
}
