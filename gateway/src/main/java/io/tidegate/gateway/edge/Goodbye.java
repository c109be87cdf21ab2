package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/**
 * Ends an HTTP/1.1 connection after an answer that says {@code Connection: close}, and an HTTP/2
 * stream after an answer that did not wait for the request's body. The rest of a body is read and
 * dropped for a while first: closing on unread bytes makes the system send a reset, which can
 * overtake the answer (RFC 9112 §9.6).
 */
final class Goodbye {
  private static final long NO_ERROR = 0;

  private Goodbye() {}

  static void say(
      ClientConnection connection,
      HttpServerRequest request,
      RequestBody body,
      Future<Void> written) {
    body.drain();
    if (Arrivals.isHttp2(request)) {
      written.onComplete(done -> sayOnStream(request, body));
      return;
    }
    connection.leave();
    // Vert.x may still hold the answer back, behind the one that it is writing.
    written.onComplete(done -> connection.closeAfterFlush());
  }

  /** The answer stands, the rest of the body is not wanted (RFC 9113 §8.1). */
  private static void sayOnStream(HttpServerRequest request, RequestBody body) {
    if (body.exists() && !body.isComplete()) {
      request.response().reset(NO_ERROR);
    }
  }
}
