package io.tidegate.metrics.logs;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The only thread that writes lines. It looks every 100 ms, or sooner when told that a ring fills
 * up, so that a burst costs few writes and a single line does not wait long.
 */
public final class LogWriter implements AutoCloseable {
  private static final long LOOK_NANOS = 100_000_000L;
  private static final int QUEUE_BYTES = 4 << 20;
  private static final int RING_BYTES = 1 << 19;
  private static final long CLOSE_MILLIS = 2000;

  private final OutputStream out;
  private final Thread thread;
  private final List<Ring> rings = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queuedBytes = new AtomicInteger();
  private final LongAdder droppedAccess = new LongAdder();
  private final LongAdder droppedOther = new LongAdder();
  private volatile boolean closing;

  public LogWriter(OutputStream out) {
    this.out = out;
    this.thread = new Thread(this::run, "tidegate-log");
    thread.setDaemon(true);
    thread.start();
  }

  /** A ring for one producing thread. */
  Ring ring() {
    Ring ring = new Ring(RING_BYTES);
    rings.add(ring);
    return ring;
  }

  /** Bytes that may gather before the writer should be told. */
  static int patience() {
    return RING_BYTES / 8;
  }

  /** Tells the writer that there is much to write. Never waits. */
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Takes a whole line, from any thread, or drops and counts it. Never waits. */
  void offer(byte[] line) {
    if (queuedBytes.addAndGet(line.length) > QUEUE_BYTES || closing) {
      queuedBytes.addAndGet(-line.length);
      droppedOther.increment();
      return;
    }
    queue.add(line);
  }

  void countDroppedAccess() {
    droppedAccess.increment();
  }

  /** Access lines that were dropped. */
  public long droppedAccess() {
    return droppedAccess.sum();
  }

  /** Other lines that were dropped. */
  public long droppedOther() {
    return droppedOther.sum();
  }

  private void run() {
    while (!closing) {
      LockSupport.parkNanos(this, LOOK_NANOS);
      drain();
    }
    drain();
  }

  private void drain() {
    // Bounded by what was there at the start: a busy ring must not keep the others waiting.
    long bytes = queuedBytes.get();
    for (byte[] line; bytes > 0 && (line = queue.poll()) != null; bytes -= line.length) {
      queuedBytes.addAndGet(-line.length);
      write(line);
    }
    for (Ring ring : rings) {
      drain(ring);
    }
  }

  private void write(byte[] line) {
    try {
      out.write(line);
    } catch (IOException gone) {
      droppedOther.increment(); // Nobody left to tell but the metric.
    }
  }

  private void drain(Ring ring) {
    try {
      ring.drainTo(out);
    } catch (IOException gone) {
      droppedAccess.increment();
    }
  }

  /** Writes what is left, for two seconds at most. */
  @Override
  public void close() {
    closing = true;
    wake();
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
