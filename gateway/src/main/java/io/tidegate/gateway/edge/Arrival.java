package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.route.RequestTarget;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Locale;

/** Reads what a request asks for: its target in each of its forms, and its host. */
final class Arrival {
  private Arrival() {}

  /** The target's host and path, or a refusal. */
  record Read(Refusal refusal, String authority, RequestTarget.Valid target) {
    static Read refused(Refusal why) {
      return new Read(why, null, null);
    }
  }

  /**
   * Reads the request-target (RFC 9112 §3.2). In absolute form its authority stands in for Host,
   * whatever Host says; both must be valid.
   */
  static Read read(HttpServerRequest request) {
    String uri = request.uri();
    if (uri == null || uri.isEmpty()) {
      return Read.refused(Refusal.bad("no request-target"));
    }
    String authority = authority(request);
    if (uri.charAt(0) != '/') {
      if (request.version() == HttpVersion.HTTP_2 && !"*".equals(uri)) {
        return Read.refused(Refusal.bad(":path does not begin with a slash"));
      }
      if ("*".equals(uri) && request.method() == HttpMethod.OPTIONS) {
        return new Read(null, authority, new RequestTarget.Valid("*", null));
      }
      int start = schemeEnd(uri);
      if (start < 0) {
        return Read.refused(Refusal.bad("the request-target is neither a path nor a URI"));
      }
      int end = authorityEnd(uri, start);
      authority = uri.substring(start, end);
      if (!HostField.isValid(authority)) {
        return Read.refused(Refusal.bad("invalid authority in the request-target"));
      }
      uri = uri.substring(end);
      if (uri.isEmpty() && request.method() == HttpMethod.OPTIONS) {
        // RFC 9112 §3.2.4: about the server, which is us.
        return new Read(null, authority, new RequestTarget.Valid("*", null));
      }
      if (uri.isEmpty() || uri.charAt(0) != '/') {
        uri = "/" + uri;
      }
    }
    if (request.version() == HttpVersion.HTTP_2 && !agrees(request, authority)) {
      return Read.refused(Refusal.bad("Host and :authority differ"));
    }
    RequestTarget target = RequestTarget.read(uri);
    if (target instanceof RequestTarget.Invalid invalid) {
      return Read.refused(Refusal.bad(invalid.reason()));
    }
    return new Read(null, authority, (RequestTarget.Valid) target);
  }

  private static String authority(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      return request.authority() == null ? "" : request.authority().toString();
    }
    String host = request.headers().get(HttpHeaders.HOST);
    return host == null ? "" : host;
  }

  private static boolean agrees(HttpServerRequest request, String authority) {
    String host = request.headers().get(HttpHeaders.HOST);
    return host == null || host.equalsIgnoreCase(authority);
  }

  private static int schemeEnd(String uri) {
    if (uri.regionMatches(true, 0, "http://", 0, 7)) {
      return 7;
    }
    return uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
  }

  private static int authorityEnd(String uri, int start) {
    for (int i = start; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '/' || c == '?' || c == '#') {
        return i;
      }
    }
    return uri.length();
  }

  /** Host without port, lower case, for matching. */
  static String hostName(String authority) {
    int end = authority.length();
    if (!authority.isEmpty() && authority.charAt(0) == '[') {
      end = authority.indexOf(']') + 1;
    } else {
      int colon = authority.indexOf(':');
      if (colon >= 0) {
        end = colon;
      }
    }
    String name = end == authority.length() ? authority : authority.substring(0, end);
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether this is the handshake of a WebSocket over HTTP/1.1 (RFC 6455 §4.1). */
  static boolean isWebSocket(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_1_1
        || request.method() != HttpMethod.GET
        || !request.headers().contains(HttpHeaders.UPGRADE)) {
      return false;
    }
    return request.canUpgradeToWebSocket();
  }

  /** Tells a decoder's refusal apart by what it choked on. */
  static Refusal undecodable(Throwable cause) {
    String name = cause == null ? "" : cause.getClass().getSimpleName();
    if (name.equals("TooLongHttpLineException")) {
      return new Refusal(Failure.TARGET_TOO_LONG, "", true);
    }
    if (name.equals("TooLongHttpHeaderException")) {
      return new Refusal(Failure.HEADERS_TOO_LARGE, "", true);
    }
    return Refusal.bad("");
  }

  static boolean expectsContinue(HttpServerRequest request) {
    return request.version() != HttpVersion.HTTP_1_0
        && request.headers().contains(HttpHeaders.EXPECT);
  }

  /** Declared length of the body: 0 for none, -1 when it is chunked or delimited by the stream. */
  static long bodyLength(HttpServerRequest request) {
    String length = request.headers().get(HttpHeaders.CONTENT_LENGTH);
    if (length != null) {
      return RequestRules.length(length);
    }
    if (request.version() == HttpVersion.HTTP_2) {
      return request.isEnded() ? 0 : -1;
    }
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
  }

  /** Whether the gateway itself is the last recipient (RFC 9110 §7.6.2). */
  static boolean isLastHop(HttpServerRequest request) {
    return request.method() == HttpMethod.OPTIONS
        && "0".equals(request.headers().get("max-forwards"));
  }
}
