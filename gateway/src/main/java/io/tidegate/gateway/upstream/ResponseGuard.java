package io.tidegate.gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.http.HttpConnection;
// The public HttpConnection hides its pipeline, and only there can bytes be seen before Netty's
// decoder repairs them.
import io.vertx.core.http.impl.HttpClientConnectionInternal;

/**
 * Stands before the decoder of an HTTP/1.1 connection to an upstream and passes on only what {@link
 * ResponseScanner} has nothing against. Interim answers other than 100 and 103 are left out: Vert.x
 * takes each for the final answer, and its server could not write them to a client. One event loop.
 */
final class ResponseGuard extends ChannelInboundHandlerAdapter {
  private static final String DECODER = "codec";

  private final Connection connection;
  private final int headLimit;
  private final ResponseScanner scanner = new ResponseScanner();

  /** A head that has not ended, from its first byte; usually null. */
  private ByteBuf held;

  private boolean refused;

  /**
   * @param headLimit bytes of a head that may be held until its end is there
   */
  ResponseGuard(Connection connection, int headLimit) {
    this.connection = connection;
    this.headLimit = headLimit;
  }

  /**
   * Guards {@code connection}, unless HTTP/2 is spoken on it.
   *
   * @param wire what Vert.x itself calls the connection, not what it lends out
   */
  static void install(Connection connection, HttpConnection wire, int headLimit) {
    ChannelPipeline pipeline =
        ((HttpClientConnectionInternal) wire).channelHandlerContext().pipeline();
    if (pipeline.get(DECODER) != null) {
      connection.guard = new ResponseGuard(connection, headLimit);
      pipeline.addBefore(DECODER, "tidegate", connection.guard);
    }
  }

  /**
   * A request is about to be sent.
   *
   * @param head whether it is a HEAD
   * @param upgrade whether 101 is an answer to it
   */
  void expect(boolean head, boolean upgrade) {
    scanner.expect(head, upgrade);
  }

  /** Whether a byte has come since the last request. */
  boolean answerBegan() {
    return scanner.hasBegun();
  }

  /** Whether the last answer is of HTTP/1.0. */
  boolean isOldVersion() {
    return scanner.isOldVersion();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
    } else if (refused) {
      bytes.release();
    } else if (held == null) {
      read(context, bytes, bytes.readerIndex(), false);
    } else {
      ByteBuf whole = held;
      int from = whole.writerIndex();
      held = null;
      // Grows by doubling: a head that comes byte by byte is not copied each time.
      whole.writeBytes(bytes);
      bytes.release();
      read(context, whole, from, true);
    }
  }

  private void read(ChannelHandlerContext context, ByteBuf bytes, int from, boolean ours) {
    ByteBuf in = bytes;
    int at = scanner.scan(in, from);
    ResponseScanner.Stop stop = scanner.stop(in, at);
    while (stop == ResponseScanner.Stop.INTERIM) {
      in = without(context, in, scanner.headStart(), at);
      at = scanner.scan(in, scanner.headStart());
      stop = scanner.stop(in, at);
    }
    switch (stop) {
      case WRONG -> {
        in.release();
        refuse(context, new DecoderException(scanner.wrong()));
      }
      case EXCESS -> {
        // Nobody can tell whose they are: what came before stands, the connection does not.
        refused = true;
        connection.retired = true;
        pass(context, in.writerIndex(at));
        context.close();
      }
      default -> {
        if (scanner.inHead()) {
          hold(context, in, ours && in == bytes);
        } else {
          pass(context, in);
        }
      }
    }
  }

  private static ByteBuf without(ChannelHandlerContext context, ByteBuf in, int from, int to) {
    ByteBuf rest = context.alloc().buffer(in.writerIndex());
    // The same positions, so that what the scanner remembers stays true.
    rest.setIndex(in.readerIndex(), in.readerIndex());
    rest.writeBytes(in, in.readerIndex(), from - in.readerIndex());
    rest.writeBytes(in, to, in.writerIndex() - to);
    in.release();
    return rest;
  }

  private void hold(ChannelHandlerContext context, ByteBuf in, boolean ours) {
    int start = scanner.headStart();
    int length = in.writerIndex() - start;
    if (length > headLimit) {
      in.release();
      refuse(context, new TooLongFrameException("more than " + headLimit + " bytes"));
    } else if (ours && start == in.readerIndex()) {
      held = in;
    } else {
      held = context.alloc().buffer(Math.max(1024, length * 2)).writeBytes(in, start, length);
      scanner.headMoved();
      pass(context, in.writerIndex(start));
    }
  }

  private static void pass(ChannelHandlerContext context, ByteBuf bytes) {
    if (bytes.isReadable()) {
      context.fireChannelRead(bytes);
    } else {
      bytes.release();
    }
  }

  /** The call hears of it as of any other failure of its connection. */
  private void refuse(ChannelHandlerContext context, Exception why) {
    refused = true;
    connection.retired = true;
    context.fireExceptionCaught(why);
    context.close();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
