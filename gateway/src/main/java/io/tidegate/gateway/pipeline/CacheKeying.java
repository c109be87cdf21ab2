package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;

/** What of a request tells its answer apart, beside path and query; and what no key can tell. */
final class CacheKeying {
  /**
   * With these a client asks some frameworks for another target or method than the request line
   * names. An answer to that must not be given to those who did not ask so.
   */
  private static final CharSequence[] OVERRIDES = {
    HttpHeaders.createOptimized("x-http-method-override"),
    HttpHeaders.createOptimized("x-http-method"),
    HttpHeaders.createOptimized("x-method-override"),
    HttpHeaders.createOptimized("x-original-url"),
    HttpHeaders.createOptimized("x-rewrite-url"),
    HttpHeaders.createOptimized("x-original-host"),
    HttpHeaders.createOptimized("x-host")
  };

  private CacheKeying() {}

  /** Why the cache keeps out of a request whose method is safe; null when it does not. */
  static String detour(Exchange exchange) {
    if (exchange.body().exists()) {
      return "body";
    }
    MultiMap headers = exchange.head().headers();
    for (CharSequence name : OVERRIDES) {
      if (headers.contains(name)) {
        return "override";
      }
    }
    return null;
  }

  /**
   * Host and port that the client asked for, in small letters and without the scheme's own port.
   *
   * @param seesHost whether the upstream sees the Host field as well, which may differ from what a
   *     trusted proxy says
   */
  static String host(Exchange.Head head, boolean seesHost) {
    String asked = head.host();
    String believed = head.clientHost();
    if (believed.isEmpty() || believed.equals(asked)) {
      return normal(asked, head.scheme());
    }
    String host = normal(believed, head.scheme());
    return seesHost ? host + ';' + normal(asked, head.scheme()) : host;
  }

  private static String normal(String host, String scheme) {
    String own = scheme.equals("https") ? ":443" : ":80";
    String name = host.endsWith(own) ? host.substring(0, host.length() - own.length()) : host;
    return name.toLowerCase(Locale.ROOT);
  }
}
