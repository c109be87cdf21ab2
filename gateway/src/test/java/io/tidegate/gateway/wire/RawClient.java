package io.tidegate.gateway.wire;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that writes the bytes it is told and shows those that come back. */
final class RawClient implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

  private final Socket socket;
  private final InputStream in;

  RawClient(RawGateway gateway) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(15_000);
    in = socket.getInputStream();
  }

  /** What the gateway answers on a connection of its own, until it has answered in full. */
  static String ask(RawGateway gateway, String request) throws IOException {
    try (var client = new RawClient(gateway)) {
      return client.send(request).answer();
    }
  }

  RawClient send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  RawClient get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  Socket socket() {
    return socket;
  }

  /** The next final answer with its body, and any interim ones before it. */
  String answer() throws IOException {
    var text = new StringBuilder();
    int head = 0;
    do {
      head = text.length();
      readUntil(text, head, "\r\n\r\n");
    } while (text.indexOf("HTTP/1.1 1", head) == head && text.indexOf(" 101 ", head) < 0);
    Matcher length = LENGTH.matcher(text);
    if (length.find(head)) {
      text.append(
          new String(
              in.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.ISO_8859_1));
    } else if (text.indexOf("chunked", head) > 0) {
      readUntil(text, text.length() - 2, "\r\n0\r\n\r\n");
    }
    return text.toString();
  }

  private void readUntil(StringBuilder text, int from, String end) throws IOException {
    while (text.indexOf(end, from) < 0) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      text.append((char) next);
    }
  }

  /** All that comes until the gateway closes; {@code " RST"} is appended when it resets. */
  String rest() throws IOException {
    var text = new StringBuilder();
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        text.append((char) next);
      }
      return text.toString();
    } catch (SocketException e) {
      return text + " RST";
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
