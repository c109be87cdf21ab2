package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.route.RequestTarget;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request as it is described on the command line.
 *
 * @param host empty when neither the URL nor a header gives one
 */
record AskedRequest(
    String method, String url, String host, RequestTarget target, MultiMap headers) {
  private static final Pattern URL =
      Pattern.compile("(?:[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#.*)?");

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /**
   * @param headers each {@code name:value}
   * @throws WrongUsage when a part is not what it should be
   */
  static AskedRequest of(String method, String url, List<String> headers) {
    Matcher matcher = URL.matcher(url);
    if (!TOKEN.matcher(method).matches()) {
      throw new WrongUsage("not a method: " + method);
    }
    if (!matcher.matches() || matcher.group(1) == null && !url.startsWith("/")) {
      throw new WrongUsage("not a URL or a path: " + url);
    }
    MultiMap fields = fields(headers);
    String authority = matcher.group(1) == null ? "" : matcher.group(1);
    String host = fields.contains("Host") ? fields.get("Host") : authority;
    if (!host.isEmpty()) {
      fields.set("Host", host);
    }
    String path = matcher.group(2).isEmpty() ? "/" : matcher.group(2);
    return new AskedRequest(method, url, host, RequestTarget.read(path, matcher.group(3)), fields);
  }

  private static MultiMap fields(List<String> headers) {
    MultiMap fields = MultiMap.caseInsensitiveMultiMap();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1 || !TOKEN.matcher(header.substring(0, colon)).matches()) {
        throw new WrongUsage("not a header, NAME:VALUE: " + header);
      }
      fields.add(header.substring(0, colon), header.substring(colon + 1).strip());
    }
    return fields;
  }
}
