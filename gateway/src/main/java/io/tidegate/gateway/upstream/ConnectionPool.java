package io.tidegate.gateway.upstream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.ClientSSLOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of one event loop to one upstream.
 *
 * <p>Vert.x has a pool of its own; this one exists because a gateway must know whether a connection
 * has served before (a reset on a reused one is no failure of the upstream), must be able to ask
 * for a fresh one, takes the connection used last first, and keeps the upstream's limit over all
 * event loops. How many calls there may be is decided before, by the upstream's slots; no call
 * waits here for anything but a handshake.
 */
final class ConnectionPool {
  /** Wants a connection. */
  interface Taker {
    /** Called once, on the event loop; the connection's {@code active} counts this call. */
    void connected(Connection connection);

    void refused(Throwable cause);
  }

  private final Context context;
  private final HttpClientAgent client;
  private final PoolOptions options;
  private final ClientSSLOptions tls;
  private final Optional<String> serverName;
  private final int streams;
  private final AtomicInteger open;
  private final Map<Endpoint, Lane> lanes = new HashMap<>();
  private boolean closed;

  /**
   * @param streams calls that one connection is expected to carry before it is there
   * @param open connections of all event loops together
   */
  ConnectionPool(
      Context context,
      HttpClientAgent client,
      PoolOptions options,
      ClientSSLOptions tls,
      Optional<String> serverName,
      int streams,
      AtomicInteger open) {
    this.context = context;
    this.client = client;
    this.options = options;
    this.tls = tls;
    this.serverName = serverName;
    this.streams = streams;
    this.open = open;
  }

  /** Finds or makes a connection; {@code fresh}: one that has not served yet. */
  void take(Endpoint endpoint, boolean fresh, Taker taker) {
    Lane lane = lanes.computeIfAbsent(endpoint, Lane::new);
    if (!fresh) {
      long now = System.nanoTime();
      Connection connection;
      while ((connection = lane.ready.peekLast()) != null) {
        if (connection.closed || connection.retired) {
          lane.ready.pollLast();
        } else if (connection.active == 0 && connection.expired(now, options.maxLife().toNanos())) {
          lane.ready.pollLast();
          connection.close();
        } else {
          lend(lane, connection, taker);
          return;
        }
      }
    }
    lane.waiting.addLast(taker);
    if (lane.connecting * streams < lane.waiting.size() && mayOpen(lane)) {
      connect(lane);
    }
  }

  /** Takes back the wish of a call that has ended meanwhile. */
  void forget(Endpoint endpoint, Taker taker) {
    Lane lane = lanes.get(endpoint);
    if (lane != null) {
      lane.waiting.remove(taker);
    }
  }

  private void lend(Lane lane, Connection connection, Taker taker) {
    connection.active++;
    if (!connection.hasRoom()) {
      lane.ready.remove(connection);
    }
    taker.connected(connection);
  }

  /** HTTP/2 connections are few and shared; those of HTTP/1.1 are bounded by the slots. */
  private boolean mayOpen(Lane lane) {
    return streams == 1 || lane.open + lane.connecting < options.connections();
  }

  private void connect(Lane lane) {
    lane.connecting++;
    if (open.incrementAndGet() > options.connections()) {
      closeOneIdle(lane);
    }
    Endpoint endpoint = lane.endpoint;
    var connect =
        new HttpConnectOptions()
            .setServer(endpoint.address())
            .setHost(serverName.orElse(endpoint.peerName()))
            .setPort(endpoint.port())
            .setSsl(endpoint.tls());
    if (endpoint.tls()) {
      connect.setSslOptions(tls);
    }
    // On the verticle's own context: a connection outlives the request that asked for it.
    context.runOnContext(go -> connect(lane, connect));
  }

  private void connect(Lane lane, HttpConnectOptions where) {
    Future<HttpClientConnection> connecting;
    try {
      connecting = client.connect(where);
    } catch (IllegalStateException closedMeanwhile) {
      failed(lane, closedMeanwhile);
      return;
    }
    connecting.onComplete(made -> connected(lane, made), failure -> failed(lane, failure));
  }

  private void connected(Lane lane, HttpClientConnection made) {
    lane.connecting--;
    lane.open++;
    var connection = new Connection(made, lane, options.idle().toNanos());
    HttpConnection wire = made.closeHandler(gone -> gone(lane, connection));
    ResponseGuard.install(connection, wire, UpstreamClient.MAX_HEAD);
    if (streams > 1) {
      retireOnGoAway(connection, made);
    }
    if (closed && lane.waiting.isEmpty()) {
      connection.close();
      return;
    }
    lane.ready.addLast(connection);
    serveWaiting(lane, connection);
  }

  private static void retireOnGoAway(Connection connection, HttpClientConnection made) {
    try {
      made.goAwayHandler(
          goAway -> {
            connection.retired = true;
            connection.lane.ready.remove(connection);
          });
    } catch (UnsupportedOperationException e) {
      // ALPN settled on HTTP/1.1, which has no GOAWAY.
    }
  }

  private void serveWaiting(Lane lane, Connection connection) {
    Taker next;
    while (connection.hasRoom() && (next = lane.waiting.pollFirst()) != null) {
      lend(lane, connection, next);
    }
  }

  private void failed(Lane lane, Throwable failure) {
    lane.connecting--;
    open.decrementAndGet();
    int served = streams == 1 ? 1 : lane.waiting.size();
    for (int i = 0; i < served; i++) {
      Taker next = lane.waiting.pollFirst();
      if (next != null) {
        next.refused(failure);
      }
    }
  }

  private void gone(Lane lane, Connection connection) {
    if (!connection.closed) {
      connection.closed = true;
      lane.open--;
      open.decrementAndGet();
      lane.ready.remove(connection);
      if (streams > 1 && !lane.waiting.isEmpty() && lane.connecting == 0 && !closed) {
        connect(lane);
      }
    }
  }

  /** Ends a call's use of a connection. */
  void giveBack(Connection connection, boolean reusable) {
    connection.active--;
    connection.served = true;
    Lane lane = connection.lane;
    if (connection.closed) {
      return;
    }
    if (!reusable || connection.retired || closed) {
      connection.retired = true;
      if (connection.active == 0) {
        lane.ready.remove(connection);
        connection.close();
      }
      return;
    }
    if (connection.active == 0) {
      connection.idleSince = System.nanoTime();
    }
    if (streams == 1 || !lane.ready.contains(connection)) {
      lane.ready.addLast(connection);
    }
    if (streams > 1) {
      serveWaiting(lane, connection);
    }
  }

  /** The upstream is done with HTTP on this connection (an upgrade): it leaves the pool. */
  void release(Connection connection) {
    connection.retired = true;
    connection.lane.ready.remove(connection);
  }

  private void closeOneIdle(Lane wanting) {
    for (Lane lane : lanes.values()) {
      Connection oldest = lane.ready.peekFirst();
      if (lane != wanting && oldest != null && oldest.active == 0) {
        lane.ready.pollFirst();
        oldest.close();
        return;
      }
    }
  }

  /** Closes what has been idle or alive for too long; called about once a second. */
  void sweep() {
    long now = System.nanoTime();
    List<Connection> old = new ArrayList<>();
    for (Lane lane : lanes.values()) {
      for (Connection connection : lane.ready) {
        if (connection.active == 0 && connection.expired(now, options.maxLife().toNanos())) {
          old.add(connection);
        }
      }
    }
    for (Connection connection : old) {
      connection.lane.ready.remove(connection);
      connection.close();
    }
    lanes
        .values()
        .removeIf(lane -> lane.open == 0 && lane.connecting == 0 && lane.waiting.isEmpty());
  }

  /** Closes idle connections now and busy ones when their calls end. */
  void close() {
    closed = true;
    for (Lane lane : lanes.values()) {
      for (Connection connection : List.copyOf(lane.ready)) {
        if (connection.active == 0) {
          connection.close();
        }
      }
    }
  }
}
