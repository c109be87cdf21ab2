package io.tidegate.gateway.upstream;

import java.util.ArrayDeque;

/** The connections of one event loop to one endpoint, and who waits for one. */
final class Lane {
  final Endpoint endpoint;

  /** Connections with room for a call; the one used last is taken first, so that spares age. */
  final ArrayDeque<Connection> ready = new ArrayDeque<>();

  final ArrayDeque<ConnectionPool.Taker> waiting = new ArrayDeque<>();
  int connecting;
  int open;

  Lane(Endpoint endpoint) {
    this.endpoint = endpoint;
  }
}
