package io.tidegate.gateway.edge;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.tidegate.gateway.exchange.Octets;

/**
 * Resets a stream whose head is malformed in a way that Netty lets pass and at which Vert.x would
 * close the connection, with all its other streams (RFC 9113 §8.1.1). One event loop.
 */
final class StreamHeads extends Http2FrameListenerDecorator {
  private StreamHeads(Http2FrameListener next) {
    super(next);
  }

  /** Looks at all heads that come in on a connection of HTTP/2. */
  static void watch(Http2ConnectionHandler connection) {
    Http2FrameListener next = connection.decoder().frameListener();
    if (!(next instanceof StreamHeads)) {
      connection.decoder().frameListener(new StreamHeads(next));
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean last)
      throws Http2Exception {
    check(stream, headers);
    super.onHeadersRead(context, stream, headers, dependency, weight, exclusive, padding, last);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext context, int stream, Http2Headers headers, int padding, boolean last)
      throws Http2Exception {
    check(stream, headers);
    super.onHeadersRead(context, stream, headers, padding, last);
  }

  private static void check(int stream, Http2Headers headers) throws Http2Exception {
    CharSequence method = headers.method();
    if (method != null && !isToken(method)) {
      throw Http2Exception.streamError(stream, PROTOCOL_ERROR, "the method is not a token");
    }
    if (headers.contains("host") && headers.getAll("host").size() > 1) {
      throw Http2Exception.streamError(stream, PROTOCOL_ERROR, "more than one host");
    }
  }

  private static boolean isToken(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 127 || !Octets.token((byte) text.charAt(i))) {
        return false;
      }
    }
    return text.length() > 0;
  }
}
