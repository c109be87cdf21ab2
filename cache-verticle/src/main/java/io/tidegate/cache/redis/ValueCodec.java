package io.tidegate.cache.redis;

import io.netty.util.AsciiString;
import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.store.SharedTier.Stamp;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;

/**
 * How a response lies in Redis: {@code TGC}, version, CRC32C of the rest, then fixed fields and
 * texts and the body, each with its length. What does not read so to the last byte is nobody's, and
 * a miss: every length is compared with what is there before anything is made of it.
 */
final class ValueCodec {
  /** Bytes of a value at most: what is larger would make the commands behind it late. */
  static final int LARGEST = 1_200_000;

  /** Of these, bytes of body. */
  static final int LARGEST_BODY = 1 << 20;

  private static final int MAGIC = 'T' << 24 | 'G' << 16 | 'C' << 8 | 1;
  private static final int PREAMBLE = 8;
  private static final byte RESPONSE = 0;
  private static final byte VARIES = 1;

  /** What was found under a key. */
  sealed interface Value {
    /** For which database these numbers count, and the last order that had been seen. */
    Stamp stamp();
  }

  /**
   * A response.
   *
   * @param keepUntilMillis when even its grace is over, since the epoch
   */
  record Whole(StoredResponse response, Stamp stamp, long keepUntilMillis) implements Value {}

  /**
   * There are variants, told apart by these request fields, under keys of their own.
   *
   * @param nonce part of these keys: when this note is deleted, nobody finds them any more
   */
  record Varies(String key, List<String> vary, String nonce, Stamp stamp) implements Value {
    Varies {
      vary = List.copyOf(vary);
    }

    static Varies of(String key, List<String> vary, Stamp stamp) {
      long nonce = ThreadLocalRandom.current().nextLong();
      return new Varies(key, vary, Long.toHexString(nonce), stamp);
    }
  }

  private ValueCodec() {}

  static Buffer encode(Whole value) {
    StoredResponse it = value.response;
    Buffer out = begin(RESPONSE, value.stamp, it.body().length() + 1024);
    text(out, it.key());
    out.appendLong(value.keepUntilMillis).appendInt(it.status());
    out.appendLong(it.requestMillis()).appendLong(it.responseMillis());
    out.appendLong(it.initialAgeSeconds()).appendLong(it.lifetimeSeconds());
    out.appendByte((byte) (it.softPurged() ? 1 : 0));
    texts(out, it.vary());
    text(out, it.variant());
    texts(out, it.tags());
    fields(out, it.headers());
    out.appendInt(it.body().length()).appendBuffer(it.body());
    return seal(out);
  }

  static Buffer encode(Varies value) {
    Buffer out = begin(VARIES, value.stamp, 512);
    text(out, value.key);
    texts(out, value.vary);
    text(out, value.nonce);
    return seal(out);
  }

  private static Buffer begin(byte kind, Stamp stamp, int about) {
    Buffer out = Buffer.buffer(about).appendInt(MAGIC).appendInt(0).appendByte(kind);
    text(out, stamp.epoch());
    return out.appendLong(stamp.seen());
  }

  private static Buffer seal(Buffer out) {
    return out.setInt(4, checksum(out));
  }

  private static int checksum(Buffer value) {
    var crc = new CRC32C();
    crc.update(value.getBytes(PREAMBLE, value.length()));
    return (int) crc.getValue();
  }

  private static void text(Buffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.appendInt(bytes.length).appendBytes(bytes);
  }

  private static void texts(Buffer out, List<String> texts) {
    out.appendInt(texts.size());
    texts.forEach(each -> text(out, each));
  }

  private static void fields(Buffer out, Fields fields) {
    out.appendInt(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      octets(out, fields.name(i));
      octets(out, fields.value(i));
    }
  }

  private static void octets(Buffer out, AsciiString octets) {
    out.appendInt(octets.length());
    out.appendBytes(octets.array(), octets.arrayOffset(), octets.length());
  }

  /** Empty when it is not one of ours, or not whole. */
  static Optional<Value> decode(Buffer value) {
    if (value.length() < PREAMBLE
        || value.getInt(0) != MAGIC
        || value.getInt(4) != checksum(value)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Cursor(value).value());
    } catch (IndexOutOfBoundsException | IllegalArgumentException rubbish) {
      return Optional.empty(); // The sum was right: written by another version, or by a mistake.
    }
  }

  /** Reads on, and refuses to read past the end. */
  private static final class Cursor {
    private final Buffer in;
    private int at = PREAMBLE;

    Cursor(Buffer in) {
      this.in = in;
    }

    Value value() {
      byte kind = in.getByte(advance(1));
      Stamp stamp = new Stamp(text(), aLong());
      Value value =
          switch (kind) {
            case RESPONSE -> response(stamp);
            case VARIES -> new Varies(text(), texts(), text(), stamp);
            default -> throw new IllegalArgumentException("kind: " + kind);
          };
      if (at != in.length()) {
        throw new IllegalArgumentException("bytes left: " + (in.length() - at));
      }
      return value;
    }

    private Whole response(Stamp stamp) {
      String key = text();
      long keepUntil = aLong();
      int status = in.getInt(advance(4));
      long request = aLong();
      long response = aLong();
      long age = aLong();
      long lifetime = aLong();
      boolean soft = in.getByte(advance(1)) != 0;
      List<String> vary = texts();
      String variant = text();
      List<String> tags = texts();
      Fields headers = fields();
      Buffer body = body();
      return new Whole(
          new StoredResponse(
              key, status, headers, body, request, response, age, lifetime, vary, variant, tags, 0,
              soft),
          stamp,
          keepUntil);
    }

    private int advance(int bytes) {
      if (bytes < 0 || bytes > in.length() - at) {
        throw new IndexOutOfBoundsException(bytes);
      }
      int from = at;
      at += bytes;
      return from;
    }

    private long aLong() {
      return in.getLong(advance(8));
    }

    private byte[] bytes() {
      int length = in.getInt(advance(4));
      int from = advance(length);
      return in.getBytes(from, from + length);
    }

    private String text() {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** How many of something follow, each of which takes at least {@code least} bytes. */
    private int count(int least) {
      int count = in.getInt(advance(4));
      if (count < 0 || count > (in.length() - at) / least) {
        throw new IndexOutOfBoundsException(count);
      }
      return count;
    }

    private List<String> texts() {
      int count = count(4);
      List<String> texts = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        texts.add(text());
      }
      return texts;
    }

    private Fields fields() {
      AsciiString[] pairs = new AsciiString[2 * count(8)];
      for (int i = 0; i < pairs.length; i++) {
        pairs[i] = new AsciiString(clean(bytes()), false);
      }
      return Fields.of(pairs);
    }

    /** What came from outside the process must not end a line in an answer. */
    private static byte[] clean(byte[] field) {
      for (byte each : field) {
        if (each >= 0 && each < ' ' && each != '\t' || each == 0x7f) {
          throw new IllegalArgumentException("a control character in a field");
        }
      }
      return field;
    }

    private Buffer body() {
      int length = in.getInt(advance(4));
      int from = advance(length);
      // A copy: a slice would keep the whole value, and be weighed without it.
      return Buffer.buffer(length).appendBuffer(in, from, length);
    }
  }
}
