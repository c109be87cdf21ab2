package io.tidegate.metrics.logs;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Bytes on their way from one thread to one other, without locks. Lines go in whole or not at all.
 */
final class Ring {
  private static final VarHandle HEAD;
  private static final VarHandle TAIL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(Ring.class, "head", long.class);
      TAIL = lookup.findVarHandle(Ring.class, "tail", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final byte[] bytes;
  private final int mask;

  /** Total ever taken; written by the consumer. */
  @SuppressWarnings("unused")
  private volatile long head;

  /** Total ever put; written by the producer. */
  @SuppressWarnings("unused")
  private volatile long tail;

  /** The producer's last look at head: a look costs a cache miss. */
  private long knownHead;

  /**
   * @param capacity in bytes, a power of two
   */
  Ring(int capacity) {
    bytes = new byte[capacity];
    mask = capacity - 1;
  }

  /** Producer only: false when there is no room, and then nothing was put. */
  boolean offer(byte[] line, int length) {
    long at = (long) TAIL.get(this);
    if (at + length - knownHead > bytes.length) {
      knownHead = (long) HEAD.getAcquire(this);
      if (at + length - knownHead > bytes.length) {
        return false;
      }
    }
    int from = (int) at & mask;
    int first = Math.min(length, bytes.length - from);
    System.arraycopy(line, 0, bytes, from, first);
    System.arraycopy(line, first, bytes, 0, length - first);
    TAIL.setRelease(this, at + length);
    return true;
  }

  /** Total bytes ever put. */
  long written() {
    return (long) TAIL.getAcquire(this);
  }

  /** Consumer only: writes out what is there. Whatever happens, it is gone from here. */
  int drainTo(OutputStream out) throws IOException {
    long from = (long) HEAD.get(this);
    long to = (long) TAIL.getAcquire(this);
    int length = (int) (to - from);
    if (length == 0) {
      return 0;
    }
    try {
      int start = (int) from & mask;
      int first = Math.min(length, bytes.length - start);
      out.write(bytes, start, first);
      if (first < length) {
        out.write(bytes, 0, length - first);
      }
    } finally {
      HEAD.setRelease(this, to);
    }
    return length;
  }
}
