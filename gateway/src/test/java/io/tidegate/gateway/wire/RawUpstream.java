package io.tidegate.gateway.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An upstream that answers each request with the bytes it was told, right or wrong. */
final class RawUpstream implements AutoCloseable {
  /** What is done with a connection on which a request has just come in. */
  interface Answer {
    void to(String request, Socket socket) throws IOException;
  }

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

  private final ServerSocket server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private volatile Answer answer;

  RawUpstream(Answer answer) throws IOException {
    this.answer = answer;
    var thread = new Thread(this::accept, "raw-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  /** One that answers every request with the same bytes. */
  static RawUpstream answering(String bytes) throws IOException {
    return new RawUpstream(writes(bytes));
  }

  static Answer writes(String bytes) {
    return (request, socket) ->
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Answer ok(String body) {
    return writes("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
  }

  void answer(Answer next) {
    answer = next;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Connections so far. */
  int connections() {
    return sockets.size();
  }

  /** The next request, head and body, as it came in. */
  String request() throws InterruptedException {
    String request = requests.poll(10, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request came");
    }
    return request;
  }

  boolean hasRequest() {
    return !requests.isEmpty();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        var thread = new Thread(() -> serve(socket), "raw-upstream-connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      while (true) {
        String request = read(in);
        if (request.isEmpty()) {
          return;
        }
        requests.add(request);
        answer.to(request, socket);
      }
    } catch (IOException e) {
      // The test has made the connection end.
    }
  }

  /** A head, and a body if Content-Length or chunks announce one; empty when there is no more. */
  private static String read(InputStream in) throws IOException {
    var text = new StringBuilder();
    readUntil(in, text, "\r\n\r\n");
    Matcher length = LENGTH.matcher(text);
    if (length.find()) {
      text.append(
          new String(
              in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.ISO_8859_1));
    } else if (text.toString().toLowerCase(java.util.Locale.ROOT).contains("chunked")) {
      readUntil(in, text, "\r\n0\r\n\r\n");
    }
    return text.toString();
  }

  private static void readUntil(InputStream in, StringBuilder text, String end) throws IOException {
    int from = Math.max(0, text.length() - 2);
    while (text.indexOf(end, from) < 0) {
      int next = in.read();
      if (next < 0) {
        text.setLength(0);
        return;
      }
      text.append((char) next);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : new ArrayList<>(sockets)) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
