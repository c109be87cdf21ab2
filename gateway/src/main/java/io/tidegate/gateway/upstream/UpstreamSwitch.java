package io.tidegate.gateway.upstream;

import io.tidegate.gateway.exchange.Reply;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.NetSocket;

/** An upstream that agreed to a WebSocket. */
final class UpstreamSwitch implements Reply.Switched {
  private final UpstreamCall call;
  private final HttpClientResponse response;
  private final NetSocket socket;
  private final Future<Void> closing;

  UpstreamSwitch(UpstreamCall call, HttpClientResponse response, Future<Void> closing) {
    this.call = call;
    this.response = response;
    this.closing = closing;
    this.socket = response.netSocket();
    socket.pause();
  }

  @Override
  public int status() {
    return response.statusCode();
  }

  @Override
  public MultiMap headers() {
    return response.headers();
  }

  @Override
  public NetSocket socket() {
    return socket;
  }

  @Override
  public Future<Void> closing() {
    return closing;
  }

  @Override
  public void release() {
    call.finish(true);
  }

  @Override
  public void discard() {
    socket.close();
    release();
  }
}
