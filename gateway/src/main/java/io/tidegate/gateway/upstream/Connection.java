package io.tidegate.gateway.upstream;

import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpVersion;

/** A connection to an endpoint, with what the pool must know of it. One event loop. */
final class Connection {
  final HttpClientConnection http;
  final Lane lane;
  final long born = System.nanoTime();
  long idleSince = born;
  long keepAliveNanos;
  int active;
  boolean served;
  boolean retired;
  boolean closed;

  /** Null where HTTP/2 is spoken. */
  ResponseGuard guard;

  Connection(HttpClientConnection http, Lane lane, long keepAliveNanos) {
    this.http = http;
    this.lane = lane;
    this.keepAliveNanos = keepAliveNanos;
  }

  boolean hasRoom() {
    return !closed && !retired && active < http.maxActiveStreams();
  }

  boolean expired(long now, long maxLife) {
    return now - born > maxLife || (active == 0 && now - idleSince > keepAliveNanos);
  }

  /** A request is about to be sent on this connection. */
  void expect(boolean head, boolean upgrade) {
    if (guard != null) {
      guard.expect(head, upgrade);
    }
  }

  /** Whether a byte of an answer has come since the last request; on HTTP/2 nobody can tell. */
  boolean answerBegan() {
    return guard != null && guard.answerBegan();
  }

  /** Version of the last answer; Vert.x gives every answer that of its connection. */
  HttpVersion version() {
    if (guard == null) {
      return HttpVersion.HTTP_2;
    }
    return guard.isOldVersion() ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
  }

  void close() {
    retired = true;
    http.close();
  }
}
