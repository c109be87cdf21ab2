package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Exchange;
import io.vertx.core.http.HttpConnection;

/**
 * Ends an HTTP/1.1 connection after an answer that says {@code Connection: close}. The rest of a
 * body is read and dropped for a while first: closing on unread bytes makes the system send a
 * reset, which can overtake the answer (RFC 9112 §9.6).
 */
final class Goodbye {
  private static final long LINGER_MILLIS = 1_000;

  private Goodbye() {}

  static void say(ClientConnection connection, Exchange exchange) {
    if (Arrivals.isHttp2(exchange.request())) {
      exchange.body().drain();
      return;
    }
    if (exchange.body().exists() && !exchange.body().isComplete()) {
      HttpConnection http = connection.http();
      exchange.body().drain();
      connection.closeIn(LINGER_MILLIS);
      exchange.request().endHandler(end -> http.close());
    }
  }
}
