package io.tidegate.gateway.route;

import java.util.function.Consumer;

/**
 * A hash map that is asked with a part of a string, so that looking up a segment of a path or a
 * label of a host allocates nothing. Keys come from the configuration alone, so no client can crowd
 * a slot. Not safe for writing while it is read.
 *
 * <p>Laid out for few cache misses, which are most of a look-up's cost among many routes: one
 * entry, the usual number, is held in the object itself; more are held by open addressing, at most
 * half full, with each value beside its key.
 */
class TextTable<V> {
  /** 2^32 by the golden ratio: names that differ in a digit would else crowd together. */
  private static final int SPREAD = 0x9E3779B9;

  private String onlyKey;
  private V onlyValue;
  private Object[] slots; // key, value, key, value; null up to one entry
  private int size;

  final boolean isEmpty() {
    return size == 0;
  }

  final void forEach(Consumer<V> action) {
    if (size == 1) {
      action.accept(onlyValue);
    }
    for (int slot = 0; slots != null && slot < slots.length; slot += 2) {
      if (slots[slot] != null) {
        action.accept(value(slot));
      }
    }
  }

  /** Adds an entry for a key that has none yet. */
  final void add(String key, V value) {
    size++;
    if (size == 1) {
      onlyKey = key;
      onlyValue = value;
      return;
    }
    if (slots == null) {
      slots = new Object[8];
      insert(onlyKey, onlyValue);
    } else if (4 * size > slots.length) {
      grow();
    }
    insert(key, value);
  }

  /** The value of {@code text.substring(from, to)}, or null: the hot path has no use for more. */
  final V get(String text, int from, int to) {
    if (slots != null) {
      return value(slot(text, from, to));
    }
    return size == 1 && equal(onlyKey, text, from, to) ? onlyValue : null;
  }

  @SuppressWarnings("unchecked") // only insert writes, and it takes V
  private V value(int slot) {
    return (V) slots[slot + 1];
  }

  private void insert(String key, V value) {
    int slot = slot(key, 0, key.length());
    slots[slot] = key;
    slots[slot + 1] = value;
  }

  private int slot(String text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int mask = slots.length - 1;
    int slot = hash * SPREAD >>> Integer.numberOfLeadingZeros(mask) & ~1;
    while (slots[slot] != null && !equal((String) slots[slot], text, from, to)) {
      slot = slot + 2 & mask;
    }
    return slot;
  }

  private static boolean equal(String key, String text, int from, int to) {
    return key.length() == to - from && text.startsWith(key, from);
  }

  private void grow() {
    Object[] old = slots;
    slots = new Object[old.length * 2];
    for (int slot = 0; slot < old.length; slot += 2) {
      if (old[slot] != null) {
        int moved = slot((String) old[slot], 0, ((String) old[slot]).length());
        slots[moved] = old[slot];
        slots[moved + 1] = old[slot + 1];
      }
    }
  }
}
