package io.tidegate.cache.freshness;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.UnaryOperator;

/**
 * A pure function of short texts that remembers some of its last results, since clients of a kind
 * send the same text. Bounded: what is new takes the place of something old. Any thread.
 */
final class RecentForms {
  private static final int SLOTS = 128;

  /** Longer texts are not worth keeping. */
  private static final int LONGEST = 128;

  private record Form(String text, String result) {}

  private final AtomicReferenceArray<Form> slots = new AtomicReferenceArray<>(SLOTS);
  private final UnaryOperator<String> function;

  RecentForms(UnaryOperator<String> function) {
    this.function = function;
  }

  String of(String text) {
    if (text.length() > LONGEST) {
      return function.apply(text);
    }
    int hash = text.hashCode();
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    Form found = slots.getPlain(slot);
    if (found == null || !found.text.equals(text)) {
      found = new Form(text, function.apply(text));
      slots.setRelease(slot, found);
    }
    return found.result;
  }
}
