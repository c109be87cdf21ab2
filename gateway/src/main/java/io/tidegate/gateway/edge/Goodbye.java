package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Exchange;
import io.vertx.core.Future;

/**
 * Ends an HTTP/1.1 connection after an answer that says {@code Connection: close}. The rest of a
 * body is read and dropped for a while first: closing on unread bytes makes the system send a
 * reset, which can overtake the answer (RFC 9112 §9.6).
 */
final class Goodbye {
  private Goodbye() {}

  static void say(ClientConnection connection, Exchange exchange, Future<Void> written) {
    exchange.body().drain();
    if (!Arrivals.isHttp2(exchange.request())) {
      connection.leave();
      // Vert.x may still hold the answer back, behind the one that it is writing.
      written.onComplete(done -> connection.closeAfterFlush());
    }
  }
}
