package io.tidegate.gateway.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One HTTP/1.1 message as it came off a socket. */
record Message(String startLine, List<String> fields, byte[] body, boolean complete) {
  private static final Message NOTHING = new Message("", List.of(), new byte[0], false);

  /** Start line and fields; empty when the stream ended before. */
  static Optional<Message> head(InputStream in) throws IOException {
    var fields = new ArrayList<String>();
    String start = line(in);
    if (start == null) {
      return Optional.empty();
    }
    for (String line = line(in); line != null; line = line(in)) {
      if (line.isEmpty()) {
        return Optional.of(new Message(start, List.copyOf(fields), new byte[0], false));
      }
      fields.add(line);
    }
    return Optional.empty();
  }

  /** An answer of which nothing came. */
  static Message nothing() {
    return NOTHING;
  }

  /**
   * This head with its body as far as it comes.
   *
   * @param bare whether there is no body whatever the head declares
   * @param untilClosed whether a body without declared end lasts until the end of the stream
   */
  Message withBody(InputStream in, boolean bare, boolean untilClosed) throws IOException {
    var body = new ByteArrayOutputStream();
    boolean whole = bare || read(in, body, untilClosed);
    return new Message(startLine, fields, body.toByteArray(), whole);
  }

  private boolean read(InputStream in, ByteArrayOutputStream body, boolean untilClosed)
      throws IOException {
    try {
      if (field("transfer-encoding").filter("chunked"::equalsIgnoreCase).isPresent()) {
        return chunked(in, body);
      }
      Optional<Long> length = field("content-length").map(Long::parseLong);
      if (length.isPresent()) {
        return copy(in, body, length.get()) == length.get();
      }
      if (untilClosed) {
        copy(in, body, Long.MAX_VALUE);
      }
      return true;
    } catch (java.net.SocketException reset) {
      return false;
    }
  }

  private static boolean chunked(InputStream in, ByteArrayOutputStream body) throws IOException {
    while (true) {
      String size = line(in);
      if (size == null || size.isEmpty()) {
        return false;
      }
      long length = Long.parseLong(size.split(";", 2)[0].trim(), 16);
      if (copy(in, body, length) < length) {
        return false;
      }
      String end = line(in);
      if (end == null) {
        return false;
      }
      if (length == 0) {
        while (!end.isEmpty()) {
          end = line(in);
          if (end == null) {
            return false;
          }
        }
        return true;
      }
    }
  }

  private static long copy(InputStream in, ByteArrayOutputStream body, long limit)
      throws IOException {
    var buffer = new byte[16 * 1024];
    long left = limit;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        break;
      }
      body.write(buffer, 0, read);
      left -= read;
    }
    return limit - left;
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : "" + line;
      }
      line.append((char) b);
    }
    return null;
  }

  /** The first field of that name. */
  Optional<String> field(String name) {
    return fields.stream()
        .filter(field -> field.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(field -> field.substring(name.length() + 1).trim())
        .findFirst();
  }

  /** All fields of that name, joined. */
  String joined(String name) {
    return String.join(
        ", ",
        fields.stream()
            .filter(field -> field.regionMatches(true, 0, name + ":", 0, name.length() + 1))
            .map(field -> field.substring(name.length() + 1).trim())
            .toList());
  }

  String text() {
    return new String(body, StandardCharsets.ISO_8859_1);
  }

  String method() {
    return startLine.split(" ", 3)[0];
  }

  String target() {
    return startLine.split(" ", 3)[1];
  }

  /** Status of an answer; 0: there was none. */
  int status() {
    return startLine.isEmpty() ? 0 : Integer.parseInt(startLine.split(" ", 3)[1]);
  }
}
