package io.tidegate.gateway.route;

/**
 * Brings a path into its one normal form, so that routing, policies and the upstream all see the
 * same bytes.
 *
 * <p>The form: percent-encoded unreserved characters are decoded, the hex digits of other triplets
 * are upper case (RFC 3986 §6.2.2), runs of slashes are one slash, dot segments are gone (§5.2.4).
 * Reserved characters are never decoded: {@code %2F} stays what it is, one segment's content.
 *
 * <p>Refused rather than repaired is what a well-meaning client never sends and what two servers
 * are known to read differently: bytes outside RFC 3986's path grammar, an encoded NUL, a path that
 * climbs above the root (RFC 3986 would clamp it; clients remove dot segments before they send, so
 * one that climbs is a probe or a bug), and dots that become a dot segment only for a server that
 * decodes {@code %2F} or {@code %5C} or drops {@code ;parameters} ({@code /a/..%2Fb}, {@code
 * /a/..;/b}).
 */
final class PathNormalizer {
  private static final byte REFUSED = 0;
  private static final byte PLAIN = 1;
  private static final byte DOT = 2;
  private static final byte SLASH = 3;
  private static final byte PERCENT = 4;

  private static final byte[] KINDS = kinds();

  private final String raw;
  private final StringBuilder decoded;
  private final StringBuilder normal;
  private String problem;

  PathNormalizer(String raw) {
    this.raw = raw;
    this.decoded = new StringBuilder(raw.length());
    this.normal = new StringBuilder(raw.length());
    if (raw.isEmpty() || raw.charAt(0) != '/') {
      problem = "the path does not start with a slash";
    } else {
      decode();
    }
    if (problem == null) {
      removeDotSegments();
    }
  }

  /** Why the path is refused; null when it is not. */
  String problem() {
    return problem;
  }

  String path() {
    return normal.toString();
  }

  /**
   * Whether {@code path} is valid and already in normal form: one scan, no allocation, since nearly
   * every request's path is.
   */
  static boolean isNormal(String path) {
    int length = path.length();
    if (length == 0 || path.charAt(0) != '/') {
      return false;
    }
    int piece = 1; // where the text between two separators, encoded ones included, began
    for (int i = 1; i < length; i++) {
      char c = path.charAt(i);
      switch (c < 128 ? KINDS[c] : REFUSED) {
        case PLAIN:
          break;
        case DOT:
          if (i == piece && isDots(path, i)) {
            return false;
          }
          break;
        case SLASH:
          if (path.charAt(i - 1) == '/') {
            return false;
          }
          piece = i + 1;
          break;
        case PERCENT:
          if (!isNormalTriplet(path, i)) {
            return false;
          }
          i += 2;
          if (isSeparator(path, i - 2)) {
            piece = i + 1;
          }
          break;
        default:
          return false;
      }
    }
    return true;
  }

  private void decode() {
    for (int i = 0; i < raw.length() && problem == null; i++) {
      char c = raw.charAt(i);
      byte kind = c < 128 ? KINDS[c] : REFUSED;
      if (kind == PERCENT) {
        decodeTriplet(i);
        i += 2;
      } else if (kind == REFUSED) {
        problem = String.format("the path contains the character 0x%02X at %d", (int) c, i);
      } else if (kind != SLASH || i == 0 || decoded.charAt(decoded.length() - 1) != '/') {
        decoded.append(c);
      }
    }
  }

  private void decodeTriplet(int at) {
    int value = Hex.octet(raw, at + 1);
    if (value < 0) {
      problem = "the path contains a percent sign without two hex digits at " + at;
    } else if (value == 0) {
      problem = "the path contains an encoded NUL at " + at;
    } else if (isUnreserved(value)) {
      decoded.append((char) value);
    } else {
      Hex.appendTriplet(decoded, value);
    }
  }

  private void removeDotSegments() {
    for (int from = 0; from < decoded.length() && problem == null; ) {
      int to = decoded.indexOf("/", from + 1);
      boolean last = to < 0;
      append(from + 1, last ? decoded.length() : to, last);
      from = last ? decoded.length() : to;
    }
  }

  private void append(int from, int to, boolean last) {
    boolean one = to - from == 1 && decoded.charAt(from) == '.';
    boolean two = to - from == 2 && decoded.charAt(from) == '.' && decoded.charAt(from + 1) == '.';
    if (two && normal.length() == 0) {
      problem = "the path climbs above the root";
    } else if (two) {
      normal.setLength(normal.lastIndexOf("/"));
    } else if (!one) {
      refuseHiddenDots(from, to);
      normal.append('/').append(decoded, from, to);
    }
    if (last && (one || two)) {
      normal.append('/');
    }
  }

  private void refuseHiddenDots(int from, int to) {
    for (int i = from; i < to; i++) {
      boolean piece = i == from || i >= from + 3 && isSeparator(decoded, i - 3);
      if (piece && decoded.charAt(i) == '.' && isDots(decoded, i)) {
        problem = "the path hides a dot segment behind an encoded separator or a parameter";
      }
    }
  }

  /** One or two dots at {@code at} that some server takes for a whole segment. */
  private static boolean isDots(CharSequence path, int at) {
    int end = at + 1;
    if (end < path.length() && path.charAt(end) == '.') {
      end++;
    }
    if (end == path.length()) {
      return true;
    }
    char c = path.charAt(end);
    if (c == '%') {
      int value = Hex.octet(path, end + 1);
      return value < 0 || isUnreserved(value) || value == '/' || value == '\\' || value == ';';
    }
    return c == '/' || c == ';';
  }

  private static boolean isNormalTriplet(String path, int at) {
    int value = Hex.octet(path, at + 1);
    return value > 0
        && !isUnreserved(value)
        && path.charAt(at + 1) < 'a'
        && path.charAt(at + 2) < 'a';
  }

  private static boolean isSeparator(CharSequence path, int at) {
    return path.charAt(at) == '%'
        && (path.charAt(at + 1) == '2' && path.charAt(at + 2) == 'F'
            || path.charAt(at + 1) == '5' && path.charAt(at + 2) == 'C');
  }

  private static boolean isUnreserved(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[128];
    for (int c = 0; c < 128; c++) {
      boolean plain = isUnreserved(c) || "!$&'()*+,;=:@".indexOf(c) >= 0;
      kinds[c] = plain ? PLAIN : REFUSED;
    }
    kinds['.'] = DOT;
    kinds['/'] = SLASH;
    kinds['%'] = PERCENT;
    return kinds;
  }
}
