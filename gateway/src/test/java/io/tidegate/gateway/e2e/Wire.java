package io.tidegate.gateway.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Optional;

/** Reads HTTP/1.1 messages off a stream by their framing and says whether they were complete. */
final class Wire {
  /** Bodies are kept up to this size; of longer ones the length is known. */
  private static final int KEPT = 1 << 20;

  /** How a body ended, and what of it was kept. */
  record Body(byte[] bytes, long length, Fields trailers, boolean complete) {
    static final Body NONE = new Body(new byte[0], 0, Fields.NONE, true);

    String text() {
      return new String(bytes, ISO_8859_1);
    }
  }

  private final InputStream in;

  Wire(InputStream in) {
    this.in = in;
  }

  /** The next line without its line end; empty when the stream ended. */
  Optional<String> line() throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') {
          line.setLength(end - 1);
        }
        return Optional.of(line.toString());
      }
      line.append((char) b);
    }
    return Optional.empty();
  }

  /** Lines up to an empty one; empty when the stream ended before. */
  Optional<Fields> fields() throws IOException {
    var lines = new ArrayList<String>();
    while (true) {
      Optional<String> line = line();
      if (line.isEmpty()) {
        return Optional.empty();
      }
      if (line.get().isEmpty()) {
        return Optional.of(Fields.parse(lines));
      }
      lines.add(line.get());
    }
  }

  /** The body that {@code head} announces; {@code untilClosed}: what an unannounced one means. */
  Body body(Fields head, boolean untilClosed) throws IOException {
    var kept = new ByteArrayOutputStream();
    try {
      if (head.first("transfer-encoding").filter(te -> te.endsWith("chunked")).isPresent()) {
        return chunked(kept);
      }
      Optional<Long> length = head.first("content-length").map(Long::parseLong);
      if (length.isPresent()) {
        long read = copy(length.get(), kept);
        return new Body(kept.toByteArray(), read, Fields.NONE, read == length.get());
      }
      if (!untilClosed) {
        return Body.NONE;
      }
      long read = copy(Long.MAX_VALUE, kept);
      return new Body(kept.toByteArray(), read, Fields.NONE, true);
    } catch (SocketTimeoutException silence) {
      throw silence;
    } catch (IOException reset) {
      return new Body(kept.toByteArray(), kept.size(), Fields.NONE, false);
    }
  }

  private Body chunked(ByteArrayOutputStream kept) throws IOException {
    long total = 0;
    while (true) {
      Optional<String> head = line();
      if (head.isEmpty() || head.get().isEmpty()) {
        return new Body(kept.toByteArray(), total, Fields.NONE, false);
      }
      long size = Long.parseLong(head.get().split(";", 2)[0].trim(), 16);
      if (size == 0) {
        Optional<Fields> trailers = fields();
        return new Body(
            kept.toByteArray(), total, trailers.orElse(Fields.NONE), trailers.isPresent());
      }
      long read = copy(size, kept);
      total += read;
      if (read < size || line().filter(String::isEmpty).isEmpty()) {
        return new Body(kept.toByteArray(), total, Fields.NONE, false);
      }
    }
  }

  private long copy(long limit, ByteArrayOutputStream kept) throws IOException {
    var buffer = new byte[64 * 1024];
    long left = limit;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (read < 0) {
        break;
      }
      kept.write(buffer, 0, Math.min(read, KEPT - Math.min(KEPT, kept.size())));
      left -= read;
    }
    return limit - left;
  }
}
