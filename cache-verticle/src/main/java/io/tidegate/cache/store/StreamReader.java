package io.tidegate.cache.store;

import io.tidegate.cache.api.Flight;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One who reads a {@link Stream}. Made where the verdict is found, so that the beginning cannot be
 * lost before the reader has come to its event loop; used there.
 */
public final class StreamReader implements Flight, Flight.Reader {
  /** How long it may take to begin. */
  private static final long UNUSED_NANOS = 10_000_000_000L;

  private final Vertx vertx;
  private final Stream stream;

  /** It has read everything there was, and is to be woken. */
  private final AtomicBoolean parked = new AtomicBoolean();

  private volatile Context context;
  private volatile long position;
  private volatile long movedNanos = System.nanoTime();
  private volatile long idleNanos = UNUSED_NANOS;
  private volatile boolean cut;
  private Stream.Chunk at;
  private Sink sink;
  private boolean paused;
  private boolean done;

  StreamReader(Vertx vertx, Stream stream, Stream.Chunk beginning) {
    this.vertx = vertx;
    this.stream = stream;
    this.at = beginning;
  }

  @Override
  public StoredResponse head() {
    return stream.head();
  }

  @Override
  public long length() {
    return stream.length();
  }

  @Override
  public Reader read(Sink where, long idleMillis) {
    sink = where;
    idleNanos = idleMillis * 1_000_000;
    movedNanos = System.nanoTime();
    context = vertx.getOrCreateContext();
    context.runOnContext(any -> drain());
    return this;
  }

  /** More has come, or the end. From the source's event loop. */
  void wake() {
    if (parked.compareAndSet(true, false)) {
      context.runOnContext(any -> drain());
    }
  }

  private void drain() {
    while (!paused && !done) {
      if (cut) {
        breakOff();
        return;
      }
      Stream.Chunk next = at.next;
      if (next == null) {
        parked.set(true);
        if (at.next == null || !parked.compareAndSet(true, false)) {
          return; // Nothing more, or whoever brought it has seen that we sleep.
        }
        continue;
      }
      at = next;
      if (next.bytes == null) {
        finish(next.whole);
      } else {
        deliver(next);
      }
    }
  }

  private void deliver(Stream.Chunk chunk) {
    long reached = position + chunk.bytes.length();
    position = reached; // Only this thread writes it.
    movedNanos = System.nanoTime();
    sink.chunk(chunk.bytes);
    stream.moved(reached);
  }

  private void finish(boolean whole) {
    leave();
    if (whole) {
      sink.end();
    } else {
      sink.broken();
    }
  }

  private void breakOff() {
    if (!done) {
      finish(false);
    }
  }

  private void leave() {
    done = true;
    at = null;
    stream.left(this);
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused && !done) {
      paused = false;
      if (!parked.get()) {
        context.runOnContext(any -> drain());
      }
    }
  }

  @Override
  public void cancel() {
    if (!done) {
      leave();
    }
  }

  /** Bytes read. From any thread. */
  long position() {
    return position;
  }

  /** Others wait, and it has not moved for too long. From the source's event loop. */
  void cutWhenStalled(long nowNanos, long behind) {
    if (position < behind && nowNanos - movedNanos > idleNanos) {
      cut();
    }
  }

  /** It was never begun. From any thread. */
  void cutWhenUnused(long nowNanos) {
    if (context == null && nowNanos - movedNanos > UNUSED_NANOS) {
      cut();
    }
  }

  private void cut() {
    cut = true;
    Context reading = context;
    if (reading == null) {
      stream.left(this);
    } else {
      reading.runOnContext(any -> breakOff());
    }
  }
}
