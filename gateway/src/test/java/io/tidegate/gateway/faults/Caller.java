package io.tidegate.gateway.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client on a plain socket. Each request carries an id, by which upstreams tell a repetition from
 * another request.
 */
final class Caller implements AutoCloseable {
  static final String ID = "x-test-id";
  private static final int PATIENCE_MILLIS = 20_000;
  private static final AtomicInteger IDS = new AtomicInteger();
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(
          work -> {
            var thread = new Thread(work, "caller");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * What came back.
   *
   * @param headNanos from the first byte sent to the head of the answer
   */
  record Answer(String id, String method, Message message, long headNanos) {
    int status() {
      return message.status();
    }

    String text() {
      return message.text();
    }

    Optional<String> field(String name) {
      return message.field(name);
    }

    String proxyStatus() {
      return message.joined("proxy-status");
    }

    boolean complete() {
      return message.complete();
    }

    long headMillis() {
      return headNanos / 1_000_000;
    }

    @Override
    public String toString() {
      return method
          + " #"
          + id
          + ": "
          + message.startLine()
          + " ["
          + proxyStatus()
          + "] "
          + headMillis()
          + " ms"
          + (complete() ? "" : ", cut");
    }
  }

  /** Requests whose answer has begun to arrive, for upstreams that wait for that. */
  private static final Map<String, CountDownLatch> HEADS = new ConcurrentHashMap<>();

  private final Socket socket;
  private final InputStream in;

  private Caller(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static Caller to(int port) {
    try {
      var socket = new Socket();
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
      socket.setSoTimeout(PATIENCE_MILLIS);
      return new Caller(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String nextId() {
    return "r" + IDS.incrementAndGet();
  }

  /** One request on a connection of its own. */
  static Answer once(int port, String method, String path, String... fields) {
    try (Caller caller = to(port)) {
      return caller.call(method, path, new byte[0], fields);
    }
  }

  /** The same on another thread. */
  static CompletableFuture<Answer> later(int port, String method, String path, String... fields) {
    return CompletableFuture.supplyAsync(() -> once(port, method, path, fields), THREADS);
  }

  static <T> CompletableFuture<T> async(java.util.function.Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, THREADS);
  }

  Answer get(String path, String... fields) {
    return call("GET", path, new byte[0], fields);
  }

  Answer call(String method, String path, byte[] body, String... fields) {
    String id = nextId();
    long start = System.nanoTime();
    send(head(id, method, path, body.length, fields), body);
    return answer(id, method, start);
  }

  /** The same with a chunked body. */
  Answer chunked(String method, String path, byte[] body, int chunk, String... fields) {
    String id = nextId();
    long start = System.nanoTime();
    send(head(id, method, path, -1, fields), new byte[0]);
    for (int at = 0; at < body.length; at += chunk) {
      int size = Math.min(chunk, body.length - at);
      var framed = new ByteArrayOutputStream();
      framed.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
      framed.write(body, at, size);
      framed.writeBytes("\r\n".getBytes(ISO_8859_1));
      send("", framed.toByteArray());
    }
    send("0\r\n\r\n", new byte[0]);
    return answer(id, method, start);
  }

  /**
   * A request's head.
   *
   * @param length of the body; 0 or less than that: none or chunked
   */
  static String head(String id, String method, String path, long length, String... fields) {
    var head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    head.append(ID).append(": ").append(id).append("\r\n");
    if (length < 0) {
      head.append("Transfer-Encoding: chunked\r\n");
    } else if (length > 0 || method.equals("POST") || method.equals("PUT")) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  /** Sends what the gateway takes; a gateway that has answered and closed may take less. */
  Caller send(String head, byte[] body) {
    try {
      var bytes = new ByteArrayOutputStream();
      bytes.writeBytes(head.getBytes(ISO_8859_1));
      bytes.writeBytes(body);
      socket.getOutputStream().write(bytes.toByteArray());
      socket.getOutputStream().flush();
    } catch (IOException closedMeanwhile) {
      // Its answer, or the lack of one, is what counts.
    }
    return this;
  }

  Answer answer(String id, String method, long start) {
    try {
      Optional<Message> head = Message.head(in);
      long headNanos = System.nanoTime() - start;
      headOf(id).countDown();
      if (head.isEmpty()) {
        return new Answer(id, method, Message.nothing(), headNanos);
      }
      int status = head.get().status();
      boolean bare = method.equals("HEAD") || status == 204 || status == 304;
      return new Answer(id, method, head.get().withBody(in, bare, true), headNanos);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no answer to " + method + " #" + id, e);
    } catch (IOException reset) {
      return new Answer(id, method, Message.nothing(), System.nanoTime() - start);
    }
  }

  /** Waits until the caller has read the head of the answer to this request. */
  static void awaitHead(String id) {
    try {
      headOf(id).await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static CountDownLatch headOf(String id) {
    return HEADS.computeIfAbsent(id, any -> new CountDownLatch(1));
  }

  /** Leaves without waiting for anything. */
  void abort() {
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
}
