package io.tidegate.gateway.rehearsal;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.function.LongFunction;

/** The sample's long answers. */
final class SampleStreams {
  private static final long MOST_MS = 60_000;
  private static final long MOST_PIECES = 10_000;
  private static final int MOST_PIECE = 1024 * 1024;
  private static final long MOST_BYTES = 16L << 30;
  private static final int SLICE = 64 * 1024;
  private static final Buffer SLICE_OF_TEXT = text(SLICE);

  private final Context context;

  SampleStreams(Context context) {
    this.context = context;
  }

  /** {@code /stream?chunks=10&ms=200&bytes=N}: lines, chunked, each padded to {@code bytes}. */
  void stream(Visit visit) {
    long chunks = visit.query().number("chunks", 10, 1, MOST_PIECES);
    long ms = visit.query().number("ms", 200, 0, MOST_MS);
    int bytes = (int) visit.query().number("bytes", 0, 0, MOST_PIECE);
    begin(visit, "text/plain", chunks, ms, n -> line("chunk " + n + " of " + chunks, bytes));
  }

  /** {@code /sse?events=5&ms=300}: server-sent events. */
  void events(Visit visit) {
    long events = visit.query().number("events", 5, 1, MOST_PIECES);
    long ms = visit.query().number("ms", 300, 0, MOST_MS);
    visit.http().response().putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    begin(visit, "text/event-stream", events, ms, n -> event(n, events));
  }

  private void begin(Visit visit, String type, long pieces, long ms, LongFunction<Buffer> piece) {
    var response = visit.http().response().putHeader(HttpHeaders.CONTENT_TYPE, type);
    if (visit.http().method() == HttpMethod.HEAD) {
      response.end();
      return;
    }
    response.setChunked(true);
    new Pacing(context, response, pieces, ms, piece).start();
  }

  private static Buffer line(String text, int bytes) {
    int padding = Math.max(0, bytes - text.length() - 1);
    return Buffer.buffer(text + ".".repeat(padding) + "\n");
  }

  private static Buffer event(long n, long events) {
    var data = new JsonObject().put("event", n).put("of", events).encode();
    return Buffer.buffer("id: " + n + "\nevent: tick\ndata: " + data + "\n\n");
  }

  /** {@code /bytes?n=…}: that many bytes, as fast as the client takes them. */
  void bytes(Visit visit) {
    long n = visit.query().number("n", 1024, 0, MOST_BYTES);
    var response = visit.http().response();
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(n));
    if (visit.http().method() == HttpMethod.HEAD) {
      response.end();
      return;
    }
    new Flood(response, n).pour();
  }

  /** Writes while the client reads and waits while it does not. */
  private static final class Flood {
    private final HttpServerResponse response;
    private long left;

    Flood(HttpServerResponse response, long left) {
      this.response = response;
      this.left = left;
      response.drainHandler(room -> pour()).exceptionHandler(gone -> stop());
      response.closeHandler(gone -> stop());
    }

    private void stop() {
      left = -1;
    }

    void pour() {
      while (left > 0 && !response.writeQueueFull()) {
        int size = (int) Math.min(left, SLICE);
        left -= size;
        response.write(size == SLICE ? SLICE_OF_TEXT : SLICE_OF_TEXT.slice(0, size));
      }
      if (left == 0) {
        stop();
        response.end();
      }
    }
  }

  private static Buffer text(int size) {
    var buffer = Buffer.buffer(size);
    for (int i = 0; i < size; i++) {
      buffer.appendByte((byte) (i % 64 == 63 ? '\n' : 'a' + i % 26));
    }
    return buffer;
  }
}
