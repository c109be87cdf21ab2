package io.tidegate.cache.freshness;

import java.util.Set;

/**
 * Reads a targeted cache control field (RFC 9213): a Dictionary of Structured Fields (RFC 8941
 * §4.2.2, RFC 9651), strictly. A mistake anywhere makes all of it void, and a directive of the
 * wrong type is as if it were not there.
 */
final class TargetedField {
  private static final Set<String> SECONDS =
      Set.of("max-age", "s-maxage", "stale-while-revalidate", "stale-if-error");
  private static final Set<String> NAMING = Set.of("no-cache", "private");
  private static final char END = '\uffff';

  /** What kind of value was read last. */
  private enum Kind {
    TRUE,
    FALSE,
    INTEGER,
    STRING,
    OTHER
  }

  private static final class Invalid extends Exception {
    private static final Invalid IT = new Invalid();

    private Invalid() {
      super(null, null, false, false);
    }
  }

  private final String text;
  private int at;
  private String value = "";

  private TargetedField(String text) {
    this.text = text;
  }

  /** Whether the field is valid and says something; otherwise forget what {@code sink} got. */
  static boolean read(String text, Directives.Sink sink) {
    if (text.indexOf(END) >= 0) {
      return false;
    }
    try {
      return new TargetedField(text).dictionary(sink);
    } catch (Invalid why) {
      return false;
    }
  }

  private boolean dictionary(Directives.Sink sink) throws Invalid {
    skip(" ");
    boolean any = false;
    while (peek() != END) {
      String key = key();
      Kind kind = Kind.TRUE;
      if (peek() == '=') {
        at++;
        kind = itemOrList();
      }
      parameters();
      tell(sink, key, kind);
      any = true;
      skip(" \t");
      if (peek() == END) {
        break;
      }
      require(',');
      skip(" \t");
      if (peek() == END) {
        throw Invalid.IT;
      }
    }
    return any;
  }

  private void tell(Directives.Sink sink, String key, Kind kind) {
    if (SECONDS.contains(key)) {
      if (kind == Kind.INTEGER) {
        sink.directive(key, value.startsWith("-") ? "0" : value);
      }
    } else if (kind == Kind.TRUE) {
      sink.directive(key, null);
    } else if (kind == Kind.STRING && NAMING.contains(key)) {
      sink.directive(key, value);
    }
  }

  private Kind itemOrList() throws Invalid {
    if (peek() != '(') {
      return bareItem();
    }
    at++;
    while (true) {
      skip(" ");
      if (peek() == ')') {
        at++;
        return Kind.OTHER;
      }
      bareItem();
      parameters();
      if (peek() != ' ' && peek() != ')') {
        throw Invalid.IT;
      }
    }
  }

  private void parameters() throws Invalid {
    while (peek() == ';') {
      at++;
      skip(" ");
      key();
      if (peek() == '=') {
        at++;
        String outer = value;
        bareItem();
        value = outer;
      }
    }
  }

  private Kind bareItem() throws Invalid {
    char c = peek();
    if (c == '"') {
      return string();
    }
    if (c == '?') {
      at++;
      char which = next();
      if (which != '0' && which != '1') {
        throw Invalid.IT;
      }
      return which == '1' ? Kind.TRUE : Kind.FALSE;
    }
    if (c == '-' || isDigit(c)) {
      return number();
    }
    if (c == '*' || isAlpha(c)) {
      skipToken();
      return Kind.OTHER;
    }
    return rarer(c);
  }

  private Kind rarer(char c) throws Invalid {
    at++;
    if (c == ':') {
      while (isAlpha(peek()) || isDigit(peek()) || "+/=".indexOf(peek()) >= 0) {
        at++;
      }
      require(':');
      return Kind.OTHER;
    }
    if (c == '@') {
      if (number() != Kind.INTEGER) {
        throw Invalid.IT;
      }
      return Kind.OTHER;
    }
    if (c == '%' && peek() == '"') {
      string();
      return Kind.OTHER;
    }
    throw Invalid.IT;
  }

  private Kind number() throws Invalid {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    int whole = digits();
    if (whole == 0) {
      throw Invalid.IT;
    }
    if (peek() != '.') {
      if (whole > 15) {
        throw Invalid.IT;
      }
      value = text.substring(start, at);
      return Kind.INTEGER;
    }
    at++;
    int fraction = digits();
    if (whole > 12 || fraction < 1 || fraction > 3) {
      throw Invalid.IT;
    }
    return Kind.OTHER;
  }

  private int digits() {
    int start = at;
    while (isDigit(peek())) {
      at++;
    }
    return at - start;
  }

  private Kind string() throws Invalid {
    at++;
    var read = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        value = read.toString();
        return Kind.STRING;
      }
      if (c == '\\') {
        c = next();
        if (c != '"' && c != '\\') {
          throw Invalid.IT;
        }
      } else if (c < 0x20 || c > 0x7e) {
        throw Invalid.IT;
      }
      read.append(c);
    }
  }

  private String key() throws Invalid {
    int start = at;
    char first = next();
    if (first != '*' && !(first >= 'a' && first <= 'z')) {
      throw Invalid.IT;
    }
    while (peek() >= 'a' && peek() <= 'z' || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private void skipToken() {
    while (FieldNames.isTokenChar(peek()) || peek() == ':' || peek() == '/') {
      at++;
    }
  }

  private void skip(String spaces) {
    while (spaces.indexOf(peek()) >= 0) {
      at++;
    }
  }

  private void require(char expected) throws Invalid {
    if (next() != expected) {
      throw Invalid.IT;
    }
  }

  private char next() throws Invalid {
    if (at >= text.length()) {
      throw Invalid.IT;
    }
    return text.charAt(at++);
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isAlpha(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }
}
