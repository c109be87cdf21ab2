package io.tidegate.gateway.edge;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Puts the gateway's own handler before all others on the plaintext connections of its ports.
 *
 * <p>Vert.x tells of a connection that may become HTTP/2 only when its first request was decoded;
 * by then a framing error in it has been repaired or passed over. Netty offers this way to be there
 * from the first byte; it has to be switched on before the first port of the process is opened
 * ({@link #enable}).
 */
public final class Doorman extends ChannelInitializerExtension {
  private record Door(int port, Thread loop) {}

  private static final Map<Door, Supplier<ClientConnection>> DOORS = new ConcurrentHashMap<>();

  /** Made by Netty, through {@code META-INF/services}. */
  public Doorman() {}

  /** Has Netty look for extensions; to be called before anything listens. */
  public static void enable() {
    if (System.getProperty(EXTENSIONS_SYSTEM_PROPERTY) == null) {
      System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
    }
  }

  /** Connections to {@code port} on the calling event loop are {@code made} from now on. */
  static void watch(int port, Supplier<ClientConnection> made) {
    DOORS.put(new Door(port, Thread.currentThread()), made);
  }

  /** No longer, for the calling event loop. */
  static void leave(int port) {
    DOORS.remove(new Door(port, Thread.currentThread()));
  }

  @Override
  public void postInitializeServerChildChannel(Channel channel) {
    channel.pipeline().addFirst(new AtTheDoor());
  }

  /** Asks, once the connection is on its event loop, whether it is one of ours. */
  private static final class AtTheDoor extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      Supplier<ClientConnection> made = null;
      if (context.channel().localAddress() instanceof InetSocketAddress address) {
        made = DOORS.get(new Door(address.getPort(), Thread.currentThread()));
      }
      if (made == null) {
        context.pipeline().remove(this);
      } else {
        context.pipeline().replace(this, ClientConnection.NAME, made.get());
      }
    }
  }
}
