package io.tidegate.gateway.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** What stands before gateways: new connections go in turn to those that say they are ready. */
final class TcpBalancer implements AutoCloseable {
  private static final long CHECK_NANOS = 100_000_000;

  private final ServerSocket server;
  private final List<TidegateProcess> members = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private volatile List<TidegateProcess> ready = List.of();

  TcpBalancer() {
    try {
      server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Threads.run(this::accept);
    Threads.run(this::check);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Joins a gateway that is ready. */
  void add(TidegateProcess gateway) {
    members.add(gateway);
    refresh();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check() {
    while (!server.isClosed()) {
      refresh();
      LockSupport.parkNanos(CHECK_NANOS);
    }
  }

  private void refresh() {
    ready = members.stream().filter(TcpBalancer::isReady).toList();
  }

  private static boolean isReady(TidegateProcess gateway) {
    try {
      return gateway.admin("GET", "/health/ready").status() == 200;
    } catch (UncheckedIOException | AssertionError gone) {
      return false;
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Threads.run(() -> join(client));
      }
    } catch (IOException closed) {
      // The end of the test.
    }
  }

  private void join(Socket client) {
    try {
      List<TidegateProcess> now = ready;
      TidegateProcess gateway = now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
      var upstream = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
      Threads.run(() -> copy(client, upstream));
      copy(upstream, client);
    } catch (IOException refused) {
      close(client);
    }
  }

  private static void close(Socket client) {
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException gone) {
      // One side left; closing both tells the other.
    }
  }
}
