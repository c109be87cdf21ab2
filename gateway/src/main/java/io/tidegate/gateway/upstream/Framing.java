package io.tidegate.gateway.upstream;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Hop;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.util.List;

/** How the body of an upstream's answer is delimited (RFC 9112 §6). */
final class Framing {
  private Framing() {}

  /**
   * Refuses what two readers could understand differently; null when the framing is sound.
   *
   * @param head whether the request was a HEAD, whose answer has no body whatever it declares
   */
  static Failure check(HttpClientResponse response, boolean head) {
    int status = response.statusCode();
    if (status < 100 || status > 599) {
      return Failure.PROTOCOL_ERROR;
    }
    List<String> lengths = response.headers().getAll(HttpHeaders.CONTENT_LENGTH);
    List<String> codings = response.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
    if (!codings.isEmpty()) {
      boolean chunked = codings.size() == 1 && "chunked".equalsIgnoreCase(codings.get(0).trim());
      if (!chunked || !lengths.isEmpty() || response.version() == HttpVersion.HTTP_1_0) {
        return Failure.PROTOCOL_ERROR;
      }
    }
    for (String length : lengths) {
      if (parse(length) < 0 || !length.equals(lengths.get(0))) {
        return Failure.PROTOCOL_ERROR;
      }
    }
    return null;
  }

  /** Declared Content-Length, or -1. */
  static long length(HttpClientResponse response) {
    String length = response.headers().get(HttpHeaders.CONTENT_LENGTH);
    return length == null ? -1 : parse(length);
  }

  private static long parse(String text) {
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

  /** Whether the connection may be used again after {@code response} (RFC 9112 §9.3). */
  static boolean persistent(HttpClientResponse response, HttpVersion version) {
    List<String> options = response.headers().getAll(HttpHeaders.CONNECTION);
    return version == HttpVersion.HTTP_1_0
        ? Hop.hasToken(options, "keep-alive")
        : options.isEmpty() || !Hop.hasToken(options, "close");
  }
}
