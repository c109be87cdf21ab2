package io.tidegate.gateway.security;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a Forwarded field (RFC 7239 §4) into hops, the client's side first. One violation of the
 * grammar makes all of it worthless: who cannot write the field may not have written it.
 *
 * <p>Beyond the grammar, white space is taken around commas (RFC 9110 §5.6.1) and semicolons, since
 * proxies write it there.
 */
final class ForwardedParser {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private final String text;
  private int at;

  private ForwardedParser(String text) {
    this.text = text;
  }

  /** Empty when {@code text}, all lines joined by commas, is malformed. */
  static Optional<List<Hop>> parse(String text) {
    return new ForwardedParser(text).elements();
  }

  private Optional<List<Hop>> elements() {
    List<Hop> hops = new ArrayList<>();
    do {
      skipSpace();
      if (at < text.length() && text.charAt(at) != ',') {
        Optional<Hop> hop = element();
        if (hop.isEmpty() || hops.size() == ForwardedChain.MAX_HOPS) {
          return Optional.empty();
        }
        hops.add(hop.get());
      }
    } while (skip(','));
    return at == text.length() ? Optional.of(hops) : Optional.empty();
  }

  private Optional<Hop> element() {
    Map<String, String> pairs = new HashMap<>();
    do {
      skipSpace();
      String name = token().toLowerCase(Locale.ROOT);
      if (!name.isEmpty()) {
        String value = skip('=') ? value() : "";
        if (value.isEmpty() || pairs.put(name, value) != null) {
          return Optional.empty();
        }
      }
      skipSpace();
    } while (skip(';'));
    return hop(pairs);
  }

  private static Optional<Hop> hop(Map<String, String> pairs) {
    Optional<Hop> node = Hop.parse(pairs.getOrDefault("for", Hop.UNKNOWN));
    Optional<String> proto =
        pairs.containsKey("proto") ? Hop.proto(pairs.get("proto")) : Optional.of("");
    String host = pairs.getOrDefault("host", "");
    return node.isPresent() && proto.isPresent() && (host.isEmpty() || Hop.isHost(host))
        ? Optional.of(node.get().with(proto.get(), host))
        : Optional.empty();
  }

  /** Empty when there is none, which no parameter we know may be. */
  private String value() {
    return skip('"') ? quoted() : token();
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c == '\\' && at < text.length()) {
        c = text.charAt(at++);
      }
      value.append(c);
    }
    return "";
  }

  private String token() {
    int from = at;
    while (at < text.length() && isToken(text.charAt(at))) {
      at++;
    }
    return text.substring(from, at);
  }

  static boolean isToken(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || TOKEN_MARKS.indexOf(c) >= 0;
  }

  private void skipSpace() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private boolean skip(char c) {
    boolean there = at < text.length() && text.charAt(at) == c;
    at += there ? 1 : 0;
    return there;
  }
}
