package io.tidegate.gateway.route;

import java.util.function.Consumer;

/**
 * A hash map that is asked with a part of a string, so that looking up a segment of a path or a
 * label of a host allocates nothing. Open addressing, at most half full. Keys come from the
 * configuration alone, so no client can crowd a slot. Not safe for writing while it is read.
 */
final class TextTable<V> {
  private String[] keys = new String[4];
  private Object[] values = new Object[4];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void forEach(Consumer<V> action) {
    for (int slot = 0; slot < keys.length; slot++) {
      if (keys[slot] != null) {
        action.accept(value(slot));
      }
    }
  }

  void put(String key, V value) {
    if (2 * (size + 1) > keys.length) {
      grow();
    }
    int slot = slot(key, 0, key.length());
    if (keys[slot] == null) {
      size++;
    }
    keys[slot] = key;
    values[slot] = value;
  }

  /** The value of {@code text.substring(from, to)}, or null: the hot path has no use for more. */
  V get(String text, int from, int to) {
    return size == 0 ? null : value(slot(text, from, to));
  }

  @SuppressWarnings("unchecked") // only put writes, and it takes V
  private V value(int slot) {
    return (V) values[slot];
  }

  private int slot(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int mask = keys.length - 1;
    int slot = (hash ^ hash >>> 16) & mask;
    int length = to - from;
    while (keys[slot] != null
        && (keys[slot].length() != length || !text.startsWith(keys[slot], from))) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    String[] oldKeys = keys;
    Object[] oldValues = values;
    keys = new String[oldKeys.length * 2];
    values = new Object[oldKeys.length * 2];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != null) {
        int slot = slot(oldKeys[i], 0, oldKeys[i].length());
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }
}
