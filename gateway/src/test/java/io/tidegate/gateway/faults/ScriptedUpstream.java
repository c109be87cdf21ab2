package io.tidegate.gateway.faults;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An origin server of plain sockets that does to each request what the test says, and remembers
 * every request that reached it. It knows nothing of the gateway, so the gateway cannot flatter
 * itself here.
 */
final class ScriptedUpstream implements AutoCloseable {
  /** What happens to one request. */
  interface Behaviour {
    void play(Call call) throws IOException;
  }

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger mostUnanswered = new AtomicInteger();

  private ScriptedUpstream(ServerSocket server, Behaviour behaviour) {
    this.server = server;
    this.behaviour = behaviour;
  }

  static ScriptedUpstream start(Behaviour behaviour) {
    return start(0, behaviour);
  }

  static ScriptedUpstream start(int port, Behaviour behaviour) {
    try {
      var server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
      var upstream = new ScriptedUpstream(server, behaviour);
      spawn(upstream::accept);
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers everything with 200 and {@code text}. */
  static ScriptedUpstream saying(String text) {
    return start(call -> call.answer(200, text));
  }

  int port() {
    return server.getLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Requests whose head arrived, in the order in which they did. */
  List<Call> calls() {
    return calls;
  }

  /** Requests with this id, see {@link Caller}. */
  List<Call> calls(String id) {
    return calls.stream().filter(call -> call.id().equals(id)).toList();
  }

  int accepted() {
    return accepted.get();
  }

  /** Connections open now. */
  int open() {
    return open.size();
  }

  /** Most requests that at any time had come in and had neither an answer nor a lost connection. */
  int mostUnanswered() {
    return mostUnanswered.get();
  }

  /** Closes what is open, as a restart would. */
  void hangUp() {
    open.forEach(ScriptedUpstream::shut);
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

  private static void shut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        open.add(socket);
        spawn(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void spawn(Runnable work) {
    var thread = new Thread(work, "scripted-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream());
      int onConnection = 0;
      for (var head = Message.head(in); head.isPresent(); head = Message.head(in)) {
        var call = new Call(head.get(), socket, in, onConnection++);
        mostUnanswered.accumulateAndGet(unanswered.incrementAndGet(), Math::max);
        calls.add(call);
        try {
          behaviour.play(call);
          if (socket.isClosed()) {
            return;
          }
          call.request();
        } finally {
          call.settle();
        }
      }
    } catch (IOException gone) {
      // Closed by either side; the test looks at what was seen.
    } finally {
      open.remove(socket);
    }
  }

  /** One request and the connection that it came on. */
  final class Call {
    private final Message head;
    private final Socket socket;
    private final InputStream in;
    private final int onConnection;
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile Message request;
    private boolean counted = true;

    private Call(Message head, Socket socket, InputStream in, int onConnection) {
      this.head = head;
      this.socket = socket;
      this.in = in;
      this.onConnection = onConnection;
    }

    /** The request with its body, which is read when asked for. */
    Message request() throws IOException {
      if (request == null) {
        request = head.withBody(in, false, false);
      }
      return request;
    }

    Message head() {
      return head;
    }

    String id() {
      return head.field(Caller.ID).orElse("");
    }

    /** How many requests came before it on its connection. */
    int onConnection() {
      return onConnection;
    }

    /** The port of the gateway's end of the connection: who shares it, shares the connection. */
    int connection() {
      return socket.getPort();
    }

    void answer(int status, String text, String... fields) throws IOException {
      request();
      write(head(status, text.length(), fields) + text);
    }

    /** A head that promises {@code length} bytes. */
    String head(int status, int length, String... fields) {
      return "HTTP/1.1 "
          + status
          + " Scripted\r\n"
          + String.join("", List.of(fields).stream().map(field -> field + "\r\n").toList())
          + "Content-Length: "
          + length
          + "\r\n\r\n";
    }

    void write(String text) throws IOException {
      answered();
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    }

    /** Writes one byte every {@code millis}, as long as the gateway listens. */
    void drip(String text, long millis) throws IOException {
      for (int i = 0; i < text.length() && !goneWithin(millis); i++) {
        socket.getOutputStream().write(text.charAt(i));
        socket.getOutputStream().flush();
      }
    }

    /** Says nothing until the gateway gives up; false if it has not after {@code millis}. */
    boolean goneWithin(long millis) throws IOException {
      request();
      socket.setSoTimeout((int) Math.max(1, millis));
      try {
        in.mark(1);
        if (in.read() < 0) {
          answered();
          return true;
        }
        in.reset();
        return false;
      } catch (java.net.SocketTimeoutException stillThere) {
        return false;
      } catch (IOException reset) {
        answered();
        return true;
      } finally {
        if (!socket.isClosed()) {
          socket.setSoTimeout(0);
        }
      }
    }

    void reset() throws IOException {
      answered();
      socket.setSoLinger(true, 0);
      socket.close();
    }

    void close() throws IOException {
      answered();
      socket.close();
    }

    private synchronized void answered() {
      if (counted) {
        counted = false;
        unanswered.decrementAndGet();
        over.countDown();
      }
    }

    private void settle() {
      answered();
      settled.countDown();
    }

    /** Waits until the behaviour has come to its end. */
    boolean settledWithin(long millis) throws InterruptedException {
      return settled.await(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public String toString() {
      return head.startLine() + " #" + id() + " on " + connection() + "/" + onConnection;
    }
  }
}
