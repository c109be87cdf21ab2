package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Exchange;
import io.vertx.core.Future;

/**
 * Ends an HTTP/1.1 connection after an answer that says {@code Connection: close}, and an HTTP/2
 * stream after an answer that did not wait for the request's body. The rest of a body is read and
 * dropped for a while first: closing on unread bytes makes the system send a reset, which can
 * overtake the answer (RFC 9112 §9.6).
 */
final class Goodbye {
  private static final long NO_ERROR = 0;

  private Goodbye() {}

  static void say(ClientConnection connection, Exchange exchange, Future<Void> written) {
    exchange.body().drain();
    if (Arrivals.isHttp2(exchange.request())) {
      written.onComplete(done -> sayOnStream(exchange));
      return;
    }
    connection.leave();
    // Vert.x may still hold the answer back, behind the one that it is writing.
    written.onComplete(done -> connection.closeAfterFlush());
  }

  /** The answer stands, the rest of the body is not wanted (RFC 9113 §8.1). */
  private static void sayOnStream(Exchange exchange) {
    if (exchange.body().exists() && !exchange.body().isComplete()) {
      exchange.request().response().reset(NO_ERROR);
    }
  }
}
