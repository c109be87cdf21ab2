package io.tidegate.cache.freshness;

import io.netty.util.AsciiString;
import io.tidegate.cache.api.CachePolicy;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;

/**
 * Why a request is neither answered from what is stored nor its answer stored, whatever is stored.
 */
public enum Bypass {
  /** It is not: the store has its say. */
  NONE,
  /** Not a method that the route answers from the store. */
  METHOD,
  /** It has content, which the key does not tell apart ("fat GET"). */
  CONTENT,
  /** It asks the origin to take it for another method or another target than the key says. */
  REWRITE,
  /** If-Match or If-Unmodified-Since: for the origin alone to judge (RFC 9111 §4.3.2). */
  PRECONDITION,
  /** It wants another protocol on this connection. */
  UPGRADE;

  private static final CharSequence IF_UNMODIFIED_SINCE =
      HttpHeaders.createOptimized("if-unmodified-since");

  private static final CharSequence[] REWRITING = {
    AsciiString.cached("x-http-method-override"),
    AsciiString.cached("x-http-method"),
    AsciiString.cached("x-method-override"),
    AsciiString.cached("x-original-url"),
    AsciiString.cached("x-rewrite-url")
  };

  /**
   * @param request the fields as the client sent them
   */
  public static Bypass of(String method, MultiMap request, CachePolicy policy) {
    if (!policy.methods().contains(method)) {
      return METHOD;
    }
    if (request.contains(HttpHeaders.TRANSFER_ENCODING) || hasLength(request)) {
      return CONTENT;
    }
    if (request.contains(HttpHeaders.IF_MATCH) || request.contains(IF_UNMODIFIED_SINCE)) {
      return PRECONDITION;
    }
    for (CharSequence name : REWRITING) {
      if (request.contains(name)) {
        return REWRITE;
      }
    }
    return request.contains(HttpHeaders.UPGRADE) ? UPGRADE : NONE;
  }

  private static boolean hasLength(MultiMap request) {
    String length = request.get(HttpHeaders.CONTENT_LENGTH);
    return length != null && !length.equals("0");
  }

  /** As in logs, metrics and the detail of Cache-Status. */
  public String token() {
    return name().toLowerCase(Locale.ROOT);
  }
}
