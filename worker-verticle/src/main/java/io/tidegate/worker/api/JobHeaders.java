package io.tidegate.worker.api;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Header fields in their order; names may repeat. Immutable.
 *
 * @param flat names and values in turn
 */
public record JobHeaders(List<String> flat) {
  public static final JobHeaders NONE = new JobHeaders(List.of());

  public JobHeaders {
    flat = List.copyOf(flat);
    if (flat.size() % 2 != 0) {
      throw new IllegalArgumentException("headers: " + flat.size() + " texts (expected: pairs)");
    }
  }

  public static JobHeaders of(MultiMap headers) {
    if (headers.isEmpty()) {
      return NONE;
    }
    List<String> flat = new ArrayList<>(headers.size() * 2);
    for (Map.Entry<String, String> field : headers) {
      flat.add(field.getKey());
      flat.add(field.getValue());
    }
    return new JobHeaders(flat);
  }

  /** A new map with all fields. */
  public MultiMap toMultiMap() {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < flat.size(); i += 2) {
      map.add(flat.get(i), flat.get(i + 1));
    }
    return map;
  }

  /** The first value of a name in any case; null when there is none. */
  public String get(String name) {
    for (int i = 0; i < flat.size(); i += 2) {
      if (flat.get(i).equalsIgnoreCase(name)) {
        return flat.get(i + 1);
      }
    }
    return null;
  }

  /** A compact form to be stored: each text as its length and UTF-8 bytes. */
  public Buffer toBuffer() {
    Buffer bytes = Buffer.buffer(64 + flat.size() * 16);
    flat.forEach(text -> appendText(bytes, text));
    return bytes;
  }

  private static void appendText(Buffer bytes, String text) {
    int at = bytes.length();
    bytes.appendInt(0).appendString(text);
    bytes.setInt(at, bytes.length() - at - Integer.BYTES);
  }

  /** The reverse of {@link #toBuffer}. */
  public static JobHeaders of(Buffer bytes) {
    List<String> flat = new ArrayList<>();
    for (int at = 0; at < bytes.length(); ) {
      int end = at + Integer.BYTES + bytes.getInt(at);
      flat.add(bytes.getString(at + Integer.BYTES, end));
      at = end;
    }
    return flat.isEmpty() ? NONE : new JobHeaders(flat);
  }
}
