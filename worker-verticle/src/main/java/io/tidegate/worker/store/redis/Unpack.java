package io.tidegate.worker.store.redis;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads MessagePack: numbers as {@link Long}, texts and bytes as {@link Buffer}, arrays as {@link
 * Tuple}, flags as {@link Boolean}. What the scripts write has no maps.
 */
final class Unpack {
  /** An array that was read. */
  record Tuple(List<Object> items) {
    int size() {
      return items.size();
    }

    /** Absent values come as false, or not at all. */
    boolean has(int at) {
      return at < items.size() && items.get(at) != Boolean.FALSE && items.get(at) != null;
    }

    long number(int at) {
      return (long) items.get(at);
    }

    int small(int at) {
      return Math.toIntExact(number(at));
    }

    boolean flag(int at) {
      return (boolean) items.get(at);
    }

    Buffer bytes(int at) {
      return (Buffer) items.get(at);
    }

    String text(int at) {
      return bytes(at).toString();
    }

    Tuple tuple(int at) {
      return (Tuple) items.get(at);
    }

    List<Tuple> tuples() {
      return items.stream().map(Tuple.class::cast).toList();
    }
  }

  private final Buffer from;
  private int at;

  private Unpack(Buffer from) {
    this.from = from;
  }

  /**
   * @throws IndexOutOfBoundsException when it is cut off
   */
  static Object value(Buffer packed) {
    return new Unpack(packed).next();
  }

  static Tuple tuple(Buffer packed) {
    return (Tuple) value(packed);
  }

  private Object next() {
    int head = from.getUnsignedByte(at++);
    if (head < 0x80) {
      return (long) head;
    }
    if (head >= 0xe0) {
      return (long) (byte) head;
    }
    if (head < 0xa0) {
      return array(head & 15, head < 0x90);
    }
    return head < 0xc0 ? bytes(head & 31) : tagged(head);
  }

  private Object tagged(int head) {
    return switch (head) {
      case 0xc0 -> null;
      case 0xc2 -> Boolean.FALSE;
      case 0xc3 -> Boolean.TRUE;
      case 0xc4, 0xd9 -> bytes((int) unsigned(1));
      case 0xc5, 0xda -> bytes((int) unsigned(2));
      case 0xc6, 0xdb -> bytes((int) unsigned(4));
      case 0xcb -> (long) Double.longBitsToDouble(unsigned(8));
      case 0xcc -> unsigned(1);
      case 0xcd -> unsigned(2);
      case 0xce -> unsigned(4);
      case 0xcf, 0xd3 -> unsigned(8);
      case 0xd0 -> (long) (byte) unsigned(1);
      case 0xd1 -> (long) (short) unsigned(2);
      case 0xd2 -> (long) (int) unsigned(4);
      case 0xdc -> array((int) unsigned(2), false);
      case 0xdd -> array((int) unsigned(4), false);
      default -> throw new IllegalArgumentException("packed: " + head + " is not known");
    };
  }

  private long unsigned(int width) {
    long number = 0;
    for (int i = 0; i < width; i++) {
      number = number << 8 | from.getUnsignedByte(at++);
    }
    return number;
  }

  private Buffer bytes(int length) {
    at += length;
    return from.getBuffer(at - length, at);
  }

  private Tuple array(int length, boolean isMap) {
    if (isMap && length > 0) {
      throw new IllegalArgumentException("packed: a map where none is expected");
    }
    List<Object> items = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      items.add(next());
    }
    return new Tuple(items);
  }
}
