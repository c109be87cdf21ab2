package io.tidegate.gateway.edge;

import io.vertx.core.buffer.Buffer;

/**
 * Follows the frame borders of one direction of a WebSocket (RFC 6455 §5.2) without touching the
 * bytes, so that a close frame of ours never lands inside somebody's message.
 */
final class WebSocketFrames {
  private static final int CLOSE = 0x8;

  private final byte[] head = new byte[14];
  private int headLength;
  private int headNeeded = 2;
  private long payloadLeft;
  private boolean closeSeen;

  void pass(Buffer bytes) {
    int i = 0;
    int end = bytes.length();
    while (i < end) {
      if (payloadLeft > 0) {
        long skip = Math.min(payloadLeft, end - i);
        payloadLeft -= skip;
        i += (int) skip;
      } else {
        i = readHead(bytes, i, end);
      }
    }
  }

  private int readHead(Buffer bytes, int from, int end) {
    int i = from;
    while (i < end && headLength < headNeeded) {
      head[headLength++] = bytes.getByte(i++);
      if (headLength == 2) {
        int length = head[1] & 0x7f;
        headNeeded += length == 126 ? 2 : length == 127 ? 8 : 0;
        headNeeded += (head[1] & 0x80) != 0 ? 4 : 0;
      }
    }
    if (headLength == headNeeded) {
      payloadLeft = payloadLength();
      closeSeen |= (head[0] & 0x0f) == CLOSE;
      headLength = 0;
      headNeeded = 2;
    }
    return i;
  }

  private long payloadLength() {
    int length = head[1] & 0x7f;
    if (length < 126) {
      return length;
    }
    long value = 0;
    int bytes = length == 126 ? 2 : 8;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (head[2 + i] & 0xff);
    }
    return Math.max(0, value);
  }

  /** Whether a frame may begin here and no Close was sent yet. */
  boolean mayClose() {
    return payloadLeft == 0 && headLength == 0 && !closeSeen;
  }

  /**
   * A Close frame.
   *
   * @param masked as a client must send it; the mask is zero, which is a mask like any other
   */
  static Buffer close(int code, boolean masked) {
    Buffer frame = Buffer.buffer(8).appendByte((byte) 0x88);
    frame.appendByte((byte) (masked ? 0x82 : 0x02));
    if (masked) {
      frame.appendInt(0);
    }
    return frame.appendShort((short) code);
  }
}
