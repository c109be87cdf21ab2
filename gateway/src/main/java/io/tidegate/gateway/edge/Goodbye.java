package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Exchange;

/**
 * Ends an HTTP/1.1 connection after an answer that says {@code Connection: close}. The rest of a
 * body is read and dropped for a while first: closing on unread bytes makes the system send a
 * reset, which can overtake the answer (RFC 9112 §9.6).
 */
final class Goodbye {
  private Goodbye() {}

  static void say(ClientConnection connection, Exchange exchange) {
    exchange.body().drain();
    if (!Arrivals.isHttp2(exchange.request())) {
      connection.closeAfterFlush();
    }
  }
}
