package io.tidegate.cache.api;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * An immutable header section, in order of arrival and ready to be written: names and values are
 * bytes already, so that an answer from memory encodes nothing. Names compare without case.
 */
public final class Fields {
  /** No field at all. */
  public static final Fields NONE = new Fields(new AsciiString[0]);

  /** Bytes that a field costs beside its characters: two objects, two arrays, two references. */
  private static final int OVERHEAD = 96;

  private final AsciiString[] pairs;

  private Fields(AsciiString[] pairs) {
    this.pairs = pairs;
  }

  /** A copy of {@code headers}. */
  public static Fields of(MultiMap headers) {
    List<AsciiString> pairs = new ArrayList<>(headers.size() * 2);
    for (Map.Entry<String, String> field : headers) {
      pairs.add(new AsciiString(field.getKey()));
      pairs.add(new AsciiString(field.getValue()));
    }
    return new Fields(pairs.toArray(AsciiString[]::new));
  }

  /**
   * Names and values by turns.
   *
   * @throws IllegalArgumentException when their number is odd
   */
  public static Fields of(CharSequence... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("a name without a value: " + namesAndValues.length);
    }
    return new Fields(
        Arrays.stream(namesAndValues).map(AsciiString::of).toArray(AsciiString[]::new));
  }

  /** Number of field lines. */
  public int size() {
    return pairs.length / 2;
  }

  public AsciiString name(int index) {
    return pairs[2 * index];
  }

  public AsciiString value(int index) {
    return pairs[2 * index + 1];
  }

  /** Value of the first line of that name, or null. */
  public String get(CharSequence name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].contentEqualsIgnoreCase(name)) {
        return pairs[i + 1].toString();
      }
    }
    return null;
  }

  public boolean contains(CharSequence name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].contentEqualsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  /** Values of all lines of that name, in order. */
  public List<String> all(CharSequence name) {
    List<String> found = List.of();
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].contentEqualsIgnoreCase(name)) {
        found = found.isEmpty() ? new ArrayList<>(2) : found;
        found.add(pairs[i + 1].toString());
      }
    }
    return found;
  }

  public void forEach(BiConsumer<? super CharSequence, ? super CharSequence> action) {
    for (int i = 0; i < pairs.length; i += 2) {
      action.accept(pairs[i], pairs[i + 1]);
    }
  }

  /** What it takes of the heap, in bytes. */
  public long weight() {
    long weight = 16;
    for (AsciiString each : pairs) {
      weight += each.length();
    }
    return weight + (long) size() * OVERHEAD;
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
