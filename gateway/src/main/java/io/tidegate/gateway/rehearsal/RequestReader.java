package io.tidegate.gateway.rehearsal;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Takes HTTP/1.1 requests off a byte stream, one after the other, and forgets their bodies. It is
 * as simple as its only clients, gateways under rehearsal, allow; not for use on an open port.
 */
final class RequestReader {
  private static final int MOST_BYTES = 1024 * 1024;
  private static final String END_OF_HEAD = "\r\n\r\n";

  /**
   * A request that has been read to its end.
   *
   * @param id the value of the header that {@link LoadClient} marks its requests with; empty: none
   */
  record Request(String method, String path, String id) {}

  private String waiting = "";

  void feed(Buffer bytes) {
    waiting += bytes.toString(StandardCharsets.ISO_8859_1);
    if (waiting.length() > MOST_BYTES) {
      throw new IllegalStateException("a request of more than " + MOST_BYTES + " bytes");
    }
  }

  /** The next request, once all of it is here. */
  Optional<Request> next() {
    int end = waiting.indexOf(END_OF_HEAD);
    if (end < 0) {
      return Optional.empty();
    }
    String head = waiting.substring(0, end);
    int bodyEnd = bodyEnd(head, end + END_OF_HEAD.length());
    if (bodyEnd < 0) {
      return Optional.empty();
    }
    waiting = waiting.substring(bodyEnd);
    String[] line = head.substring(0, lineEnd(head)).split(" ");
    return Optional.of(new Request(line[0], line[1], field(head, LoadClient.ID)));
  }

  private static int lineEnd(String text) {
    int end = text.indexOf("\r\n");
    return end < 0 ? text.length() : end;
  }

  /** Where the body that starts at {@code start} ends; -1: not here yet. */
  private int bodyEnd(String head, int start) {
    if (field(head, "transfer-encoding").equalsIgnoreCase("chunked")) {
      return chunkedEnd(start);
    }
    String length = field(head, "content-length");
    int end = start + (length.isEmpty() ? 0 : Integer.parseInt(length));
    return end <= waiting.length() ? end : -1;
  }

  private int chunkedEnd(int start) {
    int at = start;
    while (true) {
      int line = waiting.indexOf("\r\n", at);
      if (line < 0) {
        return -1;
      }
      String size = waiting.substring(at, line).replaceAll(";.*", "").trim();
      int bytes = Integer.parseInt(size, 16);
      if (bytes == 0) {
        int end = waiting.indexOf(END_OF_HEAD, line);
        return end < 0 ? -1 : end + END_OF_HEAD.length();
      }
      at = line + 2 + bytes + 2;
      if (at > waiting.length()) {
        return -1;
      }
    }
  }

  private static String field(String head, String name) {
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(name)) {
        return line.substring(colon + 1).trim();
      }
    }
    return "";
  }
}
