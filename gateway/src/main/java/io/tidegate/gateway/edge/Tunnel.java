package io.tidegate.gateway.edge;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Hop;
import io.tidegate.gateway.exchange.Reply;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetSocket;

/**
 * A WebSocket between a client and an upstream: bytes both ways with back-pressure, and the end of
 * one side told to the other in its own language.
 */
final class Tunnel {
  private static final int GOING_AWAY = 1001;
  private static final int INTERNAL_ERROR = 1011;

  private final Exchange exchange;
  private final HttpServerRequest request;
  private final Reply.Switched switched;
  private final Runnable whenOver;
  private final WebSocketFrames toClient = new WebSocketFrames();
  private final WebSocketFrames toUpstream = new WebSocketFrames();
  private final NetSocket upstream;
  private NetSocket client;
  private boolean over;

  Tunnel(Exchange exchange, HttpServerRequest request, Reply.Switched switched, Runnable whenOver) {
    this.exchange = exchange;
    this.request = request;
    this.switched = switched;
    this.whenOver = whenOver;
    this.upstream = switched.socket();
  }

  void open() {
    HttpServerResponse response = request.response();
    response.setStatusCode(101);
    MultiMap headers = response.headers();
    headers.setAll(switched.headers());
    Hop.strip(headers);
    headers.remove(HttpHeaders.CONTENT_LENGTH);
    headers.set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
    headers.set(HttpHeaders.UPGRADE, "websocket");
    request.toNetSocket().onComplete(this::opened, failure -> end());
  }

  private void opened(NetSocket socket) {
    client = socket;
    if (over) {
      client.close();
      return;
    }
    upstream.closeHandler(closed -> upstreamGone(INTERNAL_ERROR));
    upstream.exceptionHandler(failure -> upstreamGone(INTERNAL_ERROR));
    client.closeHandler(closed -> clientGone());
    client.exceptionHandler(failure -> clientGone());
    relay(client, upstream, toUpstream, false);
    relay(upstream, client, toClient, true);
    switched.closing().onComplete(closing -> goAway());
  }

  private void relay(NetSocket from, NetSocket to, WebSocketFrames frames, boolean count) {
    from.handler(
        bytes -> {
          frames.pass(bytes);
          if (count) {
            exchange.journal().sent(bytes.length());
          }
          to.write(bytes);
          if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(drained -> from.resume());
          }
        });
    from.resume();
  }

  private void goAway() {
    if (!over) {
      if (toUpstream.mayClose()) {
        upstream.write(WebSocketFrames.close(GOING_AWAY, true));
      }
      upstreamGone(GOING_AWAY);
    }
  }

  private void upstreamGone(int code) {
    if (over) {
      return;
    }
    Buffer farewell = toClient.mayClose() ? WebSocketFrames.close(code, false) : null;
    end();
    if (farewell == null) {
      client.close();
    } else {
      client.write(farewell).onComplete(written -> client.close());
    }
  }

  private void clientGone() {
    if (over) {
      return;
    }
    if (toUpstream.mayClose()) {
      upstream.write(WebSocketFrames.close(GOING_AWAY, true));
    }
    // Closes the connection behind what was written.
    end();
  }

  private void end() {
    if (!over) {
      over = true;
      whenOver.run();
      if (client == null) {
        switched.discard();
      } else {
        switched.release();
      }
    }
  }
}
