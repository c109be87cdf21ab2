package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Hop;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;

/**
 * What a request must be to be looked at any further (RFC 9112 §3 and §6, RFC 9110 §7.2). The
 * decoder has refused broken lines and chunks before; these rules are about what the parts mean
 * together.
 */
final class RequestRules {
  private final LimitOptions limits;

  RequestRules(LimitOptions limits) {
    this.limits = limits;
  }

  /** The first rule that the request breaks, or null. */
  Refusal check(HttpServerRequest request) {
    HttpVersion version = request.version();
    if (version == null) {
      return new Refusal(Failure.VERSION_NOT_SUPPORTED, "", true);
    }
    MultiMap headers = request.headers();
    // Those of HTTP/1.1 were counted before they were decoded.
    if (version == HttpVersion.HTTP_2 && headers.entries().size() > limits.headerCount()) {
      return new Refusal(
          Failure.HEADERS_TOO_LARGE, "more than " + limits.headerCount() + " lines", true);
    }
    Refusal refusal = checkMethod(request.method());
    if (refusal == null) {
      refusal = checkHost(request, version);
    }
    if (refusal == null) {
      refusal = checkFraming(headers, version);
    }
    if (refusal == null) {
      refusal = checkExpect(headers);
    }
    return refusal;
  }

  private static Refusal checkMethod(HttpMethod method) {
    if (method == HttpMethod.CONNECT || "CONNECT".equals(method.name())) {
      return new Refusal(Failure.NOT_IMPLEMENTED, "CONNECT", true);
    }
    if (method == HttpMethod.TRACE || "TRACE".equals(method.name())) {
      return new Refusal(Failure.NOT_IMPLEMENTED, "TRACE", true);
    }
    String name = method.name();
    for (int i = 0; i < name.length(); i++) {
      if (!token(name.charAt(i))) {
        return Refusal.bad("the method is not a token");
      }
    }
    return null;
  }

  private static boolean token(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  private static Refusal checkHost(HttpServerRequest request, HttpVersion version) {
    List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
    if (version == HttpVersion.HTTP_2) {
      if (request.authority() == null && hosts.isEmpty()) {
        return Refusal.bad("no authority");
      }
      if (hosts.size() > 1) {
        return Refusal.bad("more than one Host");
      }
      return null;
    }
    if (hosts.size() > 1) {
      return Refusal.bad("more than one Host");
    }
    if (hosts.isEmpty()) {
      return version == HttpVersion.HTTP_1_1 ? Refusal.bad("no Host") : null;
    }
    return HostField.isValid(hosts.get(0)) ? null : Refusal.bad("invalid Host");
  }

  private static Refusal checkFraming(MultiMap headers, HttpVersion version) {
    boolean coded = headers.contains(HttpHeaders.TRANSFER_ENCODING);
    if (coded) {
      List<String> codings = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
      boolean chunked = codings.size() == 1 && "chunked".equalsIgnoreCase(codings.get(0).trim());
      if (!chunked || version != HttpVersion.HTTP_1_1) {
        return Refusal.bad("Transfer-Encoding other than chunked");
      }
      if (headers.contains(HttpHeaders.CONTENT_LENGTH)) {
        return Refusal.bad("Content-Length with Transfer-Encoding");
      }
      return null;
    }
    if (headers.contains(HttpHeaders.CONTENT_LENGTH)) {
      List<String> lengths = headers.getAll(HttpHeaders.CONTENT_LENGTH);
      if (lengths.size() > 1 || length(lengths.get(0)) < 0) {
        return Refusal.bad("invalid Content-Length");
      }
    }
    return null;
  }

  private static Refusal checkExpect(MultiMap headers) {
    if (!headers.contains(HttpHeaders.EXPECT)) {
      return null;
    }
    List<String> expectations = headers.getAll(HttpHeaders.EXPECT);
    boolean known = expectations.size() == 1 && Hop.hasToken(expectations, "100-continue");
    return known ? null : new Refusal(Failure.EXPECTATION_FAILED, "", true);
  }

  /** A Content-Length in bytes, or -1 when it is not 1 to 18 digits (RFC 9110 §8.6). */
  static long length(String text) {
    int size = text.length();
    if (size == 0 || size > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      value = value * 10 + (digit - '0');
    }
    return value;
  }
}
