package io.tidegate.gateway.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;

/** Which bytes may stand where in an HTTP/1.1 message (RFC 9110 §5.5 and §5.6.2). */
public final class Octets {
  /** Bytes that {@link #window} gives at most. */
  public static final int WINDOW = 4096;

  private static final FastThreadLocal<byte[]> WINDOWS =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[WINDOW];
        }
      };

  private static final byte TOKEN = 1;
  private static final byte TARGET = 2;
  private static final byte VALUE = 4;
  private static final byte HEX = 8;
  private static final byte[] KINDS = new byte[256];

  static {
    for (int c = 0x21; c < 0x7f; c++) {
      KINDS[c] |= TARGET | VALUE;
    }
    for (int c = 0x80; c < 0x100; c++) {
      KINDS[c] |= VALUE;
    }
    KINDS[' '] |= VALUE;
    KINDS['\t'] |= VALUE;
    String symbols = "!#$%&'*+-.^_`|~";
    for (int c = 0; c < 128; c++) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean digit = c >= '0' && c <= '9';
      if (letter || digit || symbols.indexOf(c) >= 0) {
        KINDS[c] |= TOKEN;
      }
      if (digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
        KINDS[c] |= HEX;
      }
    }
  }

  private Octets() {}

  /**
   * The first {@code length} bytes from {@code from} on, for as long as nobody on this thread asks
   * again: to look at a byte costs much less in an array than in a buffer.
   */
  public static byte[] window(ByteBuf bytes, int from, int length) {
    byte[] window = WINDOWS.get();
    bytes.getBytes(from, window, 0, length);
    return window;
  }

  public static boolean token(byte b) {
    return (KINDS[b & 0xff] & TOKEN) != 0;
  }

  /** Printable ASCII without the space: what a request-target is made of. */
  public static boolean target(byte b) {
    return (KINDS[b & 0xff] & TARGET) != 0;
  }

  /** Field content: printable ASCII, space, tab and obs-text. */
  public static boolean value(byte b) {
    return (KINDS[b & 0xff] & VALUE) != 0;
  }

  /** Value of a hexadecimal digit, or -1. */
  public static int hex(byte b) {
    if ((KINDS[b & 0xff] & HEX) == 0) {
      return -1;
    }
    return b <= '9' ? b - '0' : (b | 0x20) - 'a' + 10;
  }
}
