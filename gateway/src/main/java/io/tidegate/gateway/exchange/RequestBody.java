package io.tidegate.gateway.exchange;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * A client's request body on its way upstream. It flows with back-pressure to one receiver at a
 * time; the first {@code keep} bytes stay here as long as nothing was dropped, so that a further
 * attempt can start over.
 *
 * <p>Lives on the exchange's event loop.
 */
public final class RequestBody {
  /** Takes a body. */
  public interface Receiver {
    /** Returns false when no more should come until {@link RequestBody#resume}. */
    boolean chunk(Buffer chunk);

    void end();

    /** The body will not be completed. */
    void broken(Failure failure);
  }

  /** What is read ahead before a receiver is there, so that broken framing is seen first. */
  private static final int READ_AHEAD = 64 * 1024;

  private final HttpServerRequest request;
  private final long declared;
  private final long limit;
  private final long keep;
  private List<Buffer> kept;
  private long keptBytes;
  private long received;
  private boolean ended;
  private boolean paused;
  private Failure failure;
  private Receiver receiver;
  private Runnable onFailure = () -> {};
  private Runnable onEnd;

  private RequestBody(HttpServerRequest request, long declared, long limit, long keep) {
    this.request = request;
    this.declared = declared;
    this.limit = limit;
    this.keep = keep;
  }

  /** A request without a body. */
  public static RequestBody none() {
    var body = new RequestBody(null, 0, 0, 0);
    body.kept = List.of();
    body.ended = true;
    return body;
  }

  /**
   * Takes over the request's stream, which must not have been read yet.
   *
   * @param declared Content-Length, or -1
   * @param limit bytes beyond which the body fails with {@link Failure#BODY_TOO_LARGE}
   * @param keep bytes kept for a further attempt; 0: none
   */
  public static RequestBody of(HttpServerRequest request, long declared, long limit, long keep) {
    var body = new RequestBody(request, declared, limit, keep);
    body.kept = new ArrayList<>(2);
    request.handler(body::received);
    request.endHandler(end -> body.ended());
    return body;
  }

  /** A body that is here already, to be sent as often as need be. */
  public static RequestBody of(Buffer content) {
    if (content.length() == 0) {
      return none();
    }
    int length = content.length();
    var body = new RequestBody(null, length, length, length);
    body.kept = List.of(content);
    body.keptBytes = length;
    body.received = length;
    body.ended = true;
    return body;
  }

  /** Whether there is a body at all. */
  public boolean exists() {
    return request != null || declared > 0;
  }

  /** Content-Length to send on, or -1 for chunked. */
  public long length() {
    return declared;
  }

  /** Bytes that have come in so far. */
  public long received() {
    return received;
  }

  /** Whether it is held back because its receiver cannot take more. */
  public boolean isPaused() {
    return paused;
  }

  /** Whether the last byte has come in. */
  public boolean isComplete() {
    return ended;
  }

  public boolean isBroken() {
    return failure != null;
  }

  public Failure failure() {
    return failure;
  }

  /** Whether a receiver can still be given the body from its first byte. */
  public boolean replayable() {
    return kept != null && failure == null;
  }

  /** The whole body when it is here already, null otherwise: one write instead of three. */
  public Buffer whole() {
    if (!ended || kept == null || kept.isEmpty()) {
      return null;
    }
    if (kept.size() > 1) {
      Buffer joined = Buffer.buffer((int) keptBytes);
      kept.forEach(joined::appendBuffer);
      kept.clear();
      kept.add(joined);
    }
    return kept.get(0);
  }

  /** Told once when the body breaks, whether or not somebody receives it. */
  public void onFailure(Runnable handler) {
    onFailure = handler;
    if (failure != null) {
      handler.run();
    }
  }

  /** Told once when the last byte is in. */
  public void onEnd(Runnable handler) {
    if (ended) {
      handler.run();
    } else {
      onEnd = handler;
    }
  }

  /** Sends the body, from its first byte, to {@code next}; needs {@link #replayable()}. */
  public void attach(Receiver next) {
    receiver = next;
    boolean ready = true;
    for (Buffer chunk : kept) {
      ready &= next.chunk(chunk);
      if (receiver != next) {
        return;
      }
    }
    if (keep == 0 || keptBytes > keep) {
      kept = null;
    }
    if (ended) {
      next.end();
    } else if (ready) {
      resume();
    }
  }

  /** The receiver wants no more; what is to come waits. */
  public void detach(Receiver former) {
    if (receiver == former) {
      receiver = null;
      pause();
    }
  }

  /** The receiver can take more. */
  public void resume() {
    if (paused && !ended && failure == null) {
      paused = false;
      request.resume();
    }
  }

  private void pause() {
    if (!paused && !ended && request != null) {
      paused = true;
      request.pause();
    }
  }

  /** Reads and drops the rest, so that the connection can be used or closed in peace. */
  public void drain() {
    if (request == null || ended || failure == Failure.CLIENT_CLOSED) {
      return;
    }
    receiver = null;
    kept = null;
    request.handler(chunk -> received += chunk.length());
    paused = false;
    request.resume();
  }

  private void received(Buffer chunk) {
    if (failure != null) {
      return;
    }
    received += chunk.length();
    if (received > limit) {
      broken(Failure.BODY_TOO_LARGE);
      return;
    }
    if (receiver == null) {
      kept.add(chunk);
      keptBytes += chunk.length();
      if (keptBytes >= Math.max(keep, READ_AHEAD)) {
        pause();
      }
      return;
    }
    if (kept != null) {
      keptBytes += chunk.length();
      if (keptBytes <= keep) {
        kept.add(chunk);
      } else {
        kept = null;
      }
    }
    if (!receiver.chunk(chunk)) {
      pause();
    }
  }

  private void ended() {
    if (failure != null) {
      return;
    }
    ended = true;
    if (receiver != null) {
      receiver.end();
    }
    if (onEnd != null) {
      onEnd.run();
    }
  }

  /** Ends the body without its rest; the receiver is told first, then whoever watches. */
  public void broken(Failure why) {
    if (failure != null || ended) {
      return;
    }
    failure = why;
    Receiver last = receiver;
    receiver = null;
    kept = null;
    if (paused) {
      // What Vert.x holds back for a paused reader would never be released.
      paused = false;
      request.handler(chunk -> {});
      request.resume();
    }
    if (last != null) {
      last.broken(why);
    }
    onFailure.run();
  }
}
