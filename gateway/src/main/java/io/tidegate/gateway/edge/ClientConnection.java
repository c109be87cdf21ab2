package io.tidegate.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.security.Forwarder;
import io.vertx.core.http.HttpConnection;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One client connection. On HTTP/1.1 it stands in the pipeline before the decoder, passes on only
 * what {@link MessageScanner} lets pass, and sees how long a head takes, which neither Vert.x nor
 * Netty bounds. One event loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
  /** Told of what is refused before it became a request. */
  interface Listener {
    /** A refusal that no exchange answers; returns the bytes to send before the close. */
    String refused(ClientConnection connection, Refusal refusal);

    /** The connection is closed. */
    void gone(ClientConnection connection);
  }

  /** Its name in the pipeline. */
  static final String NAME = "tidegate";

  private static final long LINGER_MILLIS = 500;

  private final boolean welcome;
  private final Listener listener;
  private final MessageScanner scanner;
  private final ArrayDeque<Arrivals.Served> inFlight = new ArrayDeque<>(1);
  private HttpConnection http;
  private Forwarder forwarder;
  private ChannelHandlerContext channel;
  private long headSince;
  private Refusal pending;
  private boolean settled;
  private boolean leaving;
  private boolean handedOver;
  private Map<Object, AtomicInteger> shares;

  /**
   * @param welcome false: there are too many, and this one is closed at once
   */
  ClientConnection(LimitOptions limits, boolean http2, boolean welcome, Listener listener) {
    this.welcome = welcome;
    this.listener = listener;
    this.scanner = new MessageScanner(limits, http2);
  }

  /** Vert.x has made up its mind what is spoken on it; called again after an upgrade to HTTP/2. */
  void speaks(HttpConnection connection, Forwarder made) {
    http = connection;
    forwarder = made;
  }

  /** Whether there was room for one more. */
  boolean isWelcome() {
    return welcome;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    listener.gone(this);
    context.fireChannelInactive();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context;
    if (!welcome) {
      context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (handedOver || !(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    if (pending != null || leaving) {
      ReferenceCountUtil.release(message);
      return;
    }
    Refusal refusal = scanner.scan(bytes);
    if (refusal == null && scanner.isForeign()) {
      refusal = turnsToHttp2(context, scanner.messageStart() > bytes.readerIndex());
    }
    if (refusal == null) {
      if (!scanner.inHead()) {
        headSince = 0;
      } else if (headSince == 0) {
        headSince = System.nanoTime();
      }
      context.fireChannelRead(message);
      if (!settled && !scanner.inHead() && !scanner.inBody()) {
        settle(context);
      }
      return;
    }
    headSince = 0;
    pending = refusal;
    int good = scanner.messageStart() - bytes.readerIndex();
    if (good > 0) {
      context.fireChannelRead(bytes.readRetainedSlice(good));
    }
    bytes.release();
    answerPending();
  }

  /**
   * After an upgrade, or at the very beginning, the decoder of HTTP/1.1 is not there.
   *
   * @param late whether a request of HTTP/1.1 precedes in the same packet
   */
  private Refusal turnsToHttp2(ChannelHandlerContext context, boolean late) {
    if (late || context.pipeline().get("httpDecoder") != null) {
      return Refusal.bad("HTTP/2 that was not agreed on");
    }
    handedOver = true;
    return null;
  }

  /**
   * After the first request Vert.x no longer looks for an upgrade to HTTP/2, unless it has refused
   * one: then it has said that the connection closes, and does not close it.
   */
  private void settle(ChannelHandlerContext context) {
    settled = true;
    if (context.pipeline().get("h2c") != null) {
      closeAfterFlush();
    }
  }

  /** Answers a refusal once the requests before it are answered, or through its own exchange. */
  private void answerPending() {
    if (inFlight.isEmpty()) {
      answerAndClose(listener.refused(this, pending));
    } else if (scanner.messageStart() < 0 && scanner.inBody()) {
      inFlight.peekLast().bodyBroken(pending);
    }
  }

  /**
   * Whether a further HTTP/1.1 request is served: none after an answer that ends the connection.
   */
  boolean takesMore() {
    return !leaving && (inFlight.isEmpty() || !inFlight.peekLast().closes());
  }

  /** Nothing that still comes is looked at. */
  void leave() {
    leaving = true;
  }

  void began(Arrivals.Served served) {
    inFlight.addLast(served);
  }

  void ended(Arrivals.Served served) {
    if (inFlight.peekFirst() == served) {
      inFlight.pollFirst();
    } else {
      inFlight.remove(served);
    }
    if (pending != null && inFlight.isEmpty() && !served.closes()) {
      // Not before the last answer is out: a part of it may still wait where this would pass it.
      served.written().onComplete(done -> answerAndClose(listener.refused(this, pending)));
    }
  }

  /**
   * The bytes that follow are another protocol's.
   *
   * @return false: some have come too early, and are gone
   */
  boolean handOver() {
    handedOver = pending == null && !scanner.inHead();
    return handedOver;
  }

  /** Whether a head has been coming in since before {@code bound} nanoseconds. */
  boolean isLate(long bound) {
    return headSince != 0 && headSince - bound < 0;
  }

  void refuseLate() {
    headSince = 0;
    pending = new Refusal(Failure.REQUEST_TIMEOUT, "the head", true);
    answerPending();
  }

  /** What it holds of each limit; only with HTTP/2 can it be more than one place. */
  Map<Object, AtomicInteger> shares() {
    if (shares == null) {
      shares = new WeakHashMap<>();
    }
    return shares;
  }

  ArrayDeque<Arrivals.Served> inFlight() {
    return inFlight;
  }

  Forwarder forwarder() {
    return forwarder;
  }

  HttpConnection http() {
    return http;
  }

  /** Closes the connection after what was written, at the latest after {@code millis}. */
  void closeIn(long millis) {
    if (channel == null) {
      http.close();
    } else {
      channel.executor().schedule(() -> channel.close(), millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Past the encoder, which waits for a request to answer. */
  private void answerAndClose(String response) {
    if (channel == null) {
      http.close();
      return;
    }
    ByteBuf bytes =
        ByteBufUtil.encodeString(
            channel.alloc(), CharBuffer.wrap(response), StandardCharsets.UTF_8);
    closeAfter(channel.writeAndFlush(bytes));
  }

  /** Ends the connection with a reset. */
  void abort() {
    if (channel != null) {
      channel.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    } else {
      http.close();
    }
  }

  /** Closes once all that was written is on its way; Vert.x does so only if the client asked. */
  void closeAfterFlush() {
    leaving = true;
    if (channel == null) {
      http.close();
    } else {
      closeAfter(channel.writeAndFlush(Unpooled.EMPTY_BUFFER));
    }
  }

  private void closeAfter(ChannelFuture written) {
    written.addListener(
        done -> {
          // Closing on unread bytes would make the system send a reset past the answer.
          if (channel.channel() instanceof DuplexChannel socket
              && channel.pipeline().get(SslHandler.class) == null) {
            socket.shutdownOutput();
            closeIn(LINGER_MILLIS);
          } else {
            channel.close();
          }
        });
  }
}
