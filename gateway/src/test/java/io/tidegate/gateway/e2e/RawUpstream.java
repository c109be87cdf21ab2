package io.tidegate.gateway.e2e;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An origin server of plain sockets whose every byte the test decides. The behaviour is asked anew
 * for each request, so it may be changed between two requests of one connection.
 */
final class RawUpstream implements AutoCloseable {
  /** Answers one request; may hang, close, reset or write anything. */
  interface Behaviour {
    void answer(Request request, Connection connection) throws IOException;
  }

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  static final Behaviour OK = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");

  private final ServerSocket server;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Request> arrivals = new LinkedBlockingQueue<>();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private volatile Behaviour behaviour;

  private RawUpstream(ServerSocket server, Behaviour behaviour) {
    this.server = server;
    this.behaviour = behaviour;
  }

  static RawUpstream start(Behaviour behaviour) {
    return start(0, behaviour);
  }

  static RawUpstream start(int port, Behaviour behaviour) {
    try {
      var server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
      var upstream = new RawUpstream(server, behaviour);
      spawn("upstream-accept", upstream::accept);
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same bytes to every request, once its body has been read. */
  static Behaviour answering(String bytes) {
    return (request, connection) -> {
      request.body();
      connection.write(bytes);
    };
  }

  /** 200 with {@code body}. */
  static Behaviour ok(String body) {
    return answering("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
  }

  void behave(Behaviour next) {
    behaviour = next;
  }

  int port() {
    return server.getLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Requests whose head arrived, in order. */
  List<Request> requests() {
    return requests;
  }

  /** Connections accepted so far. */
  int accepted() {
    return accepted.get();
  }

  /** Connections open now. */
  int open() {
    return open.size();
  }

  /** Bytes read so far, on all connections. */
  long bytes() {
    return bytes.get();
  }

  /** Forgets the requests seen. */
  void forget() {
    requests.clear();
    arrivals.clear();
  }

  /** A request for {@code target} that nobody awaited yet. */
  Request awaitRequest(String target) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (true) {
        Request next = arrivals.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          throw new AssertionError(target + " did not reach the upstream in " + PATIENCE);
        }
        if (next.target().equals(target)) {
          return next;
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Closes the open connections, as a restart would. */
  void hangUp() {
    open.forEach(Connection::close);
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hangUp();
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        var connection = new Connection(server.accept());
        accepted.incrementAndGet();
        open.add(connection);
        spawn("upstream-connection", connection::serve);
      }
    } catch (IOException closed) {
      // The end of the test.
    }
  }

  private static void spawn(String name, Runnable work) {
    var thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One accepted connection. */
  final class Connection {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Wire wire;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      this.in = new BufferedInputStream(new Counted(socket.getInputStream()));
      this.out = socket.getOutputStream();
      this.wire = new Wire(in);
    }

    void write(String latin1) throws IOException {
      write(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] data) throws IOException {
      out.write(data);
      out.flush();
    }

    /** Waits until the gateway gives the connection up; what it still sends is thrown away. */
    boolean closedWithin(Duration limit) throws IOException {
      long end = System.nanoTime() + limit.toNanos();
      try {
        do {
          socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
        } while (in.read() >= 0);
        return true;
      } catch (java.net.SocketTimeoutException open) {
        return false;
      } catch (IOException reset) {
        return true;
      }
    }

    /** Closes the connection if it is silent for {@code limit}, as servers do with idle ones. */
    void idleLimit(Duration limit) throws SocketException {
      socket.setSoTimeout((int) limit.toMillis());
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    void close() {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void serve() {
      try (socket) {
        for (Optional<Request> next = next(); next.isPresent(); next = next()) {
          Request request = next.get();
          requests.add(request);
          arrivals.add(request);
          behaviour.answer(request, this);
          if (socket.isClosed()) {
            return;
          }
          request.body();
        }
      } catch (IOException gone) {
        // Closed by one side or the other; the test looks at what it sees.
      } finally {
        open.remove(this);
      }
    }

    private Optional<Request> next() throws IOException {
      Optional<String> line = wire.line();
      Optional<Fields> fields = line.isEmpty() ? Optional.empty() : wire.fields();
      return fields.map(headers -> new Request(line.get(), headers, wire));
    }
  }

  /** One request; its body is read when asked for. */
  static final class Request {
    private final String line;
    private final Fields headers;
    private final Wire wire;
    private volatile Wire.Body body;

    private Request(String line, Fields headers, Wire wire) {
      this.line = line;
      this.headers = headers;
      this.wire = wire;
    }

    String line() {
      return line;
    }

    String method() {
      return line.split(" ", 3)[0];
    }

    String target() {
      return line.split(" ", 3)[1];
    }

    Fields headers() {
      return headers;
    }

    Optional<String> header(String name) {
      return headers.first(name);
    }

    /** Reads the body to its end, or to the end of the connection; once read it is remembered. */
    synchronized Wire.Body body() throws IOException {
      if (body == null) {
        body = wire.body(headers, false);
      }
      return body;
    }

    @Override
    public String toString() {
      return line + " " + headers;
    }
  }

  private final class Counted extends FilterInputStream {
    private Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      bytes.addAndGet(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int read = super.read(target, offset, length);
      bytes.addAndGet(Math.max(0, read));
      return read;
    }
  }
}
