package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/** A client of one plain socket: sends exactly the bytes it is told, and never waits for ever. */
final class RawClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** One answer, interim ones included; {@code body.complete()} tells a cut from an end. */
  record Response(String statusLine, Fields headers, Wire.Body body) {
    int status() {
      return Integer.parseInt(statusLine.split(" ", 3)[1]);
    }

    String text() {
      return body.text();
    }

    Optional<String> header(String name) {
      return headers.first(name);
    }
  }

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final Wire wire;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.wire = new Wire(in);
  }

  static RawClient connect(int port) {
    return connect(port, 0);
  }

  /**
   * {@code receiveBuffer}: bytes that the kernel takes for a client that does not read; 0: many.
   */
  static RawClient connect(int port, int receiveBuffer) {
    return connectFrom("127.0.0.1", port, receiveBuffer);
  }

  /** A client at {@code address}, one of the loopback network's. */
  static RawClient connectFrom(String address, int port) {
    return connectFrom(address, port, 0);
  }

  static RawClient connectFrom(String from, int port, int receiveBuffer) {
    try {
      var socket = new Socket();
      socket.bind(new InetSocketAddress(from, 0));
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request on a connection of its own. */
  static Response exchange(int port, String request) {
    try (var client = connect(port)) {
      return client.send(request).response();
    }
  }

  RawClient send(String latin1) {
    return send(latin1.getBytes(ISO_8859_1));
  }

  RawClient send(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends, and does not mind a peer that has closed already. */
  RawClient trySend(String latin1) {
    try {
      return send(latin1);
    } catch (UncheckedIOException closedByPeer) {
      return this;
    }
  }

  RawClient halfClose() {
    try {
      socket.shutdownOutput();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Response response() {
    return response("GET");
  }

  /** The next answer, to a request of {@code method}. */
  Response response(String method) {
    return responseIfAny(method)
        .orElseThrow(() -> new AssertionError("closed without an answer to " + method));
  }

  /** The next answer; empty when the connection closes instead. */
  Optional<Response> responseIfAny(String method) {
    try {
      patience(PATIENCE);
      Optional<String> status = wire.line();
      Optional<Fields> fields = status.isEmpty() ? Optional.empty() : wire.fields();
      if (fields.isEmpty()) {
        return Optional.empty();
      }
      int code = Integer.parseInt(status.get().split(" ", 3)[1]);
      boolean bare = method.equals("HEAD") || code < 200 || code == 204 || code == 304;
      Wire.Body body = bare ? Wire.Body.NONE : wire.body(fields.get(), true);
      return Optional.of(new Response(status.get(), fields.get(), body));
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE, e);
    } catch (IOException reset) {
      return Optional.empty();
    }
  }

  /** Status line and headers of the next answer, its body left on the connection. */
  Response head() {
    try {
      patience(PATIENCE);
      String status = wire.line().orElseThrow(() -> new AssertionError("closed, no answer"));
      Fields fields = wire.fields().orElseThrow(() -> new AssertionError("closed in the headers"));
      return new Response(status, fields, Wire.Body.NONE);
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    }
  }

  /** The next line, such as one of an event stream or a chunk head. */
  String line() {
    try {
      patience(PATIENCE);
      return wire.line().orElseThrow(() -> new AssertionError("closed"));
    } catch (IOException e) {
      throw new AssertionError("no line", e);
    }
  }

  /** Everything up to the close by the peer, which must come within {@code limit}. */
  String untilClosed(Duration limit) {
    var bytes = new ByteArrayOutputStream();
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (true) {
        patience(Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime())));
        int b = in.read();
        if (b < 0) {
          return bytes.toString(ISO_8859_1);
        }
        bytes.write(b);
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open after " + limit + ", read: " + bytes, e);
    } catch (IOException reset) {
      return bytes.toString(ISO_8859_1);
    }
  }

  /** Whether the peer closes within {@code limit}; what it still sends is thrown away. */
  boolean closedWithin(Duration limit) {
    try {
      untilClosed(limit);
      return true;
    } catch (AssertionError open) {
      return false;
    }
  }

  /** Leaves without a farewell: RST instead of FIN. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void patience(Duration limit) throws IOException {
    socket.setSoTimeout((int) Math.max(1, limit.toMillis()));
  }
}
