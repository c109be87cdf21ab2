package io.tidegate.worker.store.redis;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Writes MessagePack, as far as the scripts read it. */
final class Pack {
  private final Buffer to;

  Pack(int about) {
    to = Buffer.buffer(about);
  }

  Buffer buffer() {
    return to;
  }

  Pack map(int entries) {
    to.appendByte((byte) 0xde).appendUnsignedShort(entries);
    return this;
  }

  Pack array(int items) {
    to.appendByte((byte) 0xdc).appendUnsignedShort(items);
    return this;
  }

  Pack text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  Pack texts(Collection<String> texts) {
    array(texts.size());
    texts.forEach(this::text);
    return this;
  }

  Pack bytes(Buffer bytes) {
    length(bytes.length());
    to.appendBuffer(bytes);
    return this;
  }

  private Pack bytes(byte[] bytes) {
    length(bytes.length);
    to.appendBytes(bytes);
    return this;
  }

  private void length(int length) {
    if (length < 32) {
      to.appendByte((byte) (0xa0 | length));
    } else if (length < 0x10000) {
      to.appendByte((byte) 0xda).appendUnsignedShort(length);
    } else {
      to.appendByte((byte) 0xdb).appendInt(length);
    }
  }

  Pack number(long number) {
    if (number >= 0 && number < 128) {
      to.appendByte((byte) number);
    } else if (number == (int) number) {
      to.appendByte((byte) 0xd2).appendInt((int) number);
    } else {
      to.appendByte((byte) 0xd3).appendLong(number);
    }
    return this;
  }

  Pack flag(boolean flag) {
    to.appendByte((byte) (flag ? 0xc3 : 0xc2));
    return this;
  }

  /** Something that is packed already. */
  Pack packed(Buffer value) {
    to.appendBuffer(value);
    return this;
  }
}
