package io.tidegate.gateway.rehearsal;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
// A crashed peer's kernel sends RST, an orderly close sends FIN, and gateways meet both. No public
// API
// sets SO_LINGER on a connection that is already open, so these two types are the way to its
// channel.
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.VertxConnection;

/** Ends a connection with a TCP reset, dropping what was not yet sent. */
final class AbruptClose {
  private static final long INTERNAL_ERROR = 2; // RFC 9113 §7

  private AbruptClose() {}

  /** Resets the request's connection; on HTTP/2, where others share it, its stream. */
  static void of(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(INTERNAL_ERROR);
    } else if (request.connection() instanceof VertxConnection connection) {
      reset(connection.channel());
    } else {
      request.connection().close();
    }
  }

  static void of(NetSocket socket) {
    reset(((NetSocketInternal) socket).channelHandlerContext().channel());
  }

  private static void reset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.close();
  }
}
