package io.tidegate.cache.store;

import io.tidegate.cache.api.Fill;
import io.tidegate.cache.api.StoredResponse;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A response on its way into the store. One event loop appends to a list of chunks that is only
 * ever added to; any number of readers follow it, each on its own event loop.
 *
 * <p>As long as it may be stored, the whole list is kept and nobody slows the source: memory is
 * bounded by the largest object and by the {@link FillBudget}. Once it has outgrown either, the
 * list has no beginning any more: what all have read is garbage, and the source waits for the
 * slowest.
 */
public final class Stream implements Fill {
  /** How far the source may run ahead of the slowest reader of what will not be stored. */
  static final long WINDOW = 256 * 1024;

  /** How long a fill goes on that nobody reads. */
  static final long ORPHAN_MILLIS = 60_000;

  private static final long WATCH_MILLIS = 250;
  private static final int LARGEST = 1 << 30;

  /** Who is to know how it ended. Called on the source's event loop, once. */
  public interface Owner {
    /** It is whole, and may be stored. */
    void whole(StoredResponse head, Buffer body);

    /** It will not be stored: too large, broken, or nobody cares. May still be read. */
    void dropped(StoredResponse head, boolean tooLarge);
  }

  private final Vertx vertx;
  private final StoredResponse head;
  private final long length;
  private final long maxObject;
  private final FillBudget budget;
  private final Owner owner;
  private final Set<StreamReader> readers = ConcurrentHashMap.newKeySet();

  /** Before the first chunk; null when the beginning is gone. */
  private volatile Chunk first = new Chunk(null, false);

  private volatile long written;
  private volatile boolean halted;
  private volatile boolean ended;
  private volatile Context context;
  private Chunk last = first;
  private Source source;
  private long held;
  private boolean storing = true;
  private long timer = -1;

  /** One link of the list. */
  static final class Chunk {
    final Buffer bytes;
    final boolean whole;
    volatile Chunk next;

    Chunk(Buffer bytes, boolean whole) {
      this.bytes = bytes;
      this.whole = whole;
    }
  }

  /**
   * @param length declared bytes of body, or -1
   * @param maxObject bytes of body above which it is not stored
   */
  public Stream(
      Vertx vertx,
      StoredResponse head,
      long length,
      long maxObject,
      FillBudget budget,
      Owner owner) {
    this.vertx = vertx;
    this.head = head;
    this.length = length;
    this.maxObject = Math.min(maxObject, LARGEST);
    this.budget = budget;
    this.owner = owner;
  }

  StoredResponse head() {
    return head;
  }

  long length() {
    return length;
  }

  /** A new reader from the first byte; null when it is too late for one. From any thread. */
  public StreamReader open() {
    Chunk beginning = first;
    if (beginning == null) {
      return null;
    }
    var reader = new StreamReader(vertx, this, beginning);
    readers.add(reader);
    return reader;
  }

  /** Whether it is not too late for new readers. From any thread. */
  boolean isOpen() {
    return first != null;
  }

  /** Whether somebody reads or is about to. From any thread. */
  public boolean isRead() {
    return !readers.isEmpty();
  }

  /** Cuts off those who took a reader and never used it. From any thread, now and then. */
  public void sweep(long nowNanos) {
    readers.forEach(reader -> reader.cutWhenUnused(nowNanos));
  }

  @Override
  public void from(Source whence) {
    source = whence;
    context = vertx.getOrCreateContext();
    if (readers.isEmpty()) {
      orphaned();
    }
  }

  @Override
  public boolean chunk(Buffer chunk) {
    if (ended) {
      return true;
    }
    int size = chunk.length();
    if (length >= 0 && written + size > length) {
      finish(false);
      return true;
    }
    append(new Chunk(chunk, false));
    written += size; // Only this thread writes it.
    if (storing) {
      keep(size);
    }
    wake();
    return storing || !mustHalt();
  }

  private void keep(int size) {
    if (written > maxObject) {
      outgrow();
    } else if (!budget.take(size)) {
      outgrow();
    } else {
      held += size;
    }
  }

  private void outgrow() {
    storing = false;
    first = null;
    giveBack();
    owner.dropped(head, true);
    if (readers.isEmpty()) {
      orphaned();
    }
  }

  private void giveBack() {
    budget.giveBack(held);
    held = 0;
  }

  private void append(Chunk chunk) {
    last.next = chunk;
    last = chunk;
  }

  private void wake() {
    readers.forEach(StreamReader::wake);
  }

  private boolean mustHalt() {
    if (!lags(WINDOW)) {
      return false;
    }
    halted = true;
    if (!lags(WINDOW)) { // A reader that moved in between did not see that we wait for it.
      halted = false;
      return false;
    }
    watch();
    return true;
  }

  private boolean lags(long allowed) {
    long now = written;
    for (StreamReader reader : readers) {
      if (now - reader.position() > allowed) {
        return true;
      }
    }
    return false;
  }

  private void watch() {
    cancelTimer();
    timer =
        vertx.setTimer(
            WATCH_MILLIS,
            fired -> {
              timer = -1;
              long now = System.nanoTime();
              readers.forEach(reader -> reader.cutWhenStalled(now, written - WINDOW));
              goOn();
              if (halted && !ended) {
                watch();
              }
            });
  }

  private void cancelTimer() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  /** A reader has read. From its event loop. */
  void moved(long position) {
    if (halted && written - position <= WINDOW / 2) {
      context.runOnContext(any -> goOn());
    }
  }

  private void goOn() {
    if (halted && !ended && !lags(WINDOW / 2)) {
      halted = false;
      cancelTimer();
      source.resume();
    }
  }

  /** A reader reads no more. From any thread. */
  void left(StreamReader reader) {
    Context ours = context;
    if (readers.remove(reader) && ours != null && !ended) {
      ours.runOnContext(
          any -> {
            goOn();
            if (readers.isEmpty()) {
              orphaned();
            }
          });
    }
  }

  private void orphaned() {
    if (ended) {
      return;
    }
    if (!storing) {
      giveUp();
      return;
    }
    cancelTimer();
    timer =
        vertx.setTimer(
            ORPHAN_MILLIS,
            fired -> {
              timer = -1;
              if (readers.isEmpty()) {
                giveUp();
              }
            });
  }

  private void giveUp() {
    finish(false);
    source.cancel();
  }

  @Override
  public void end() {
    finish(length < 0 || written == length);
  }

  @Override
  public void abort() {
    finish(false);
  }

  private void finish(boolean whole) {
    if (ended) {
      return;
    }
    ended = true;
    cancelTimer();
    if (storing) {
      if (whole) {
        owner.whole(head, body()); // Before readers see the end: who asks then must find it.
      } else {
        owner.dropped(head, false);
      }
    }
    giveBack();
    storing = false;
    first = null;
    append(new Chunk(null, whole));
    wake();
  }

  /** In one piece and no larger than it is: what is stored is weighed by its length. */
  private Buffer body() {
    Buffer body = Buffer.buffer((int) written);
    for (Chunk each = first.next; each != null; each = each.next) {
      body.appendBuffer(each.bytes);
    }
    return body;
  }
}
