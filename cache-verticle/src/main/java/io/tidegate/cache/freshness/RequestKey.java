package io.tidegate.cache.freshness;

import io.tidegate.cache.api.CachePolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The text that a response is stored by: {@code GET https://host/path?query}, for HEAD too.
 *
 * <p>Only what cannot change the meaning is made equal: case of scheme and host, the default port,
 * case of percent-encoded octets (RFC 3986 §6.2.2). Parameters stay in their order, with their
 * duplicates, since origins differ in which of two they take; {@code ;} separates nothing, since
 * some origins hold that it does; {@code /a?} is not {@code /a}. Making too few requests equal
 * costs a miss, making too many gives somebody another's answer.
 */
public final class RequestKey {
  private RequestKey() {}

  /**
   * @param scheme of the target URI
   * @param host of the target URI, with or without port
   * @param path normalised and still encoded
   * @param query without the question mark; null when there is none
   */
  public static String of(
      String scheme, String host, String path, String query, CachePolicy.Key key) {
    var text = new StringBuilder(16 + host.length() + path.length() + length(query));
    String lowerScheme = scheme.toLowerCase(Locale.ROOT);
    text.append("GET ").append(lowerScheme).append("://");
    text.append(authority(lowerScheme, host));
    appendUniform(text, path);
    if (query == null || key.ignoreAll()) {
      return text.toString();
    }
    if (key.query().isEmpty() && key.ignore().isEmpty()) {
      text.append('?');
      appendUniform(text, query);
    } else {
      appendCounted(text, query, key);
    }
    return text.toString();
  }

  private static int length(String query) {
    return query == null ? 0 : query.length();
  }

  /** Host in small letters, without the port if it is the scheme's own. */
  static String authority(String lowerScheme, String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    String port = lowerScheme.equals("https") ? ":443" : ":80";
    return lower.endsWith(port) ? lower.substring(0, lower.length() - port.length()) : lower;
  }

  private static void appendUniform(StringBuilder text, String part) {
    if (part.indexOf('%') < 0) {
      text.append(part);
      return;
    }
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      text.append(c);
      if (c == '%' && octet(part, i) >= 0) {
        text.append(Character.toUpperCase(part.charAt(i + 1)));
        text.append(Character.toUpperCase(part.charAt(i + 2)));
        i += 2;
      }
    }
  }

  private static void appendCounted(StringBuilder text, String query, CachePolicy.Key key) {
    char separator = '?';
    int start = 0;
    while (start <= query.length()) {
      int ampersand = query.indexOf('&', start);
      int end = ampersand < 0 ? query.length() : ampersand;
      String parameter = query.substring(start, end);
      if (counts(parameter, key)) {
        text.append(separator);
        appendUniform(text, parameter);
        separator = '&';
      }
      start = end + 1;
    }
  }

  /**
   * What an origin may take for more than it seems, as {@code utm=1;page=2}, always counts: else
   * one could smuggle a parameter past the key ("parameter cloaking").
   */
  private static boolean counts(String parameter, CachePolicy.Key key) {
    String decoded = decoded(parameter);
    if (decoded == null) {
      return true;
    }
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? decoded : decoded(parameter.substring(0, equals));
    if (key.query().isEmpty()) {
      return !isIgnored(name, key.ignore());
    }
    String alike = alike(name);
    for (String each : key.query()) {
      if (alike(each).equals(alike)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIgnored(String name, List<String> ignored) {
    for (String each : ignored) {
      boolean family = each.endsWith("*");
      if (family ? name.startsWith(each.substring(0, each.length() - 1)) : name.equals(each)) {
        return true;
      }
    }
    return false;
  }

  /**
   * What different names an origin may take for the same: {@code page[]}, {@code PAGE}, {@code
   * p%61ge}. All of them count if one does.
   */
  private static String alike(String name) {
    String plain = name.strip().toLowerCase(Locale.ROOT);
    int bracket = plain.indexOf('[');
    String base = bracket < 0 ? plain : plain.substring(0, bracket);
    return base.strip().replace('.', '_').replace(' ', '_').replace('-', '_');
  }

  /** Null when it is not plain: a raw or encoded separator, a control, a broken escape. */
  private static String decoded(String parameter) {
    byte[] out = new byte[parameter.length()];
    int length = 0;
    for (int i = 0; i < parameter.length(); i++) {
      char c = parameter.charAt(i);
      int octet = c;
      if (c == '%') {
        octet = octet(parameter, i);
        i += 2;
      } else if (c == '+') {
        octet = ' ';
      } else if (c == ';' || c == '?' || c == '#') {
        return null;
      }
      if (octet < ' ' || octet == 0x7f || octet > 0xff || octet == '&' || octet == ';') {
        return null;
      }
      out[length++] = (byte) octet;
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  /** The octet that is encoded at {@code at}, or -1. */
  private static int octet(String text, int at) {
    if (at + 2 >= text.length()) {
      return -1;
    }
    int high = hex(text.charAt(at + 1));
    int low = hex(text.charAt(at + 2));
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
