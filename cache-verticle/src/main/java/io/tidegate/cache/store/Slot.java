package io.tidegate.cache.store;

import io.tidegate.cache.freshness.Variants;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is known of a key: its variants, held together so that a hit is one look-up whatever it
 * varies on; and whether its answers have lately been for one request only. Immutable.
 */
final class Slot {
  /** Variants of a key; another one pushes out the oldest. */
  static final int MOST_VARIANTS = 16;

  /** Node of the map, place in its tables and queues, this object and its list. */
  private static final long OVERHEAD = 240;

  private final List<Entry> variants;
  private final long passUntilMillis;

  private Slot(List<Entry> variants, long passUntilMillis) {
    this.variants = variants;
    this.passUntilMillis = passUntilMillis;
  }

  /** A slot as it is after {@code entry} has come; {@code before} may be null. */
  static Slot with(Slot before, Entry entry) {
    if (before == null || before.variants.isEmpty()) {
      return new Slot(List.of(entry), 0);
    }
    List<Entry> all = new ArrayList<>(before.variants.size() + 1);
    all.add(entry);
    for (Entry each : before.variants) {
      if (!sameVariant(each, entry) && all.size() < MOST_VARIANTS) {
        all.add(each);
      }
    }
    return new Slot(List.copyOf(all), 0);
  }

  private static boolean sameVariant(Entry one, Entry other) {
    return one.stored().variant().equals(other.stored().variant())
        && one.stored().vary().equals(other.stored().vary());
  }

  /** A slot whose answers are not to be waited for until then; {@code before} may be null. */
  static Slot passing(Slot before, long untilMillis) {
    return new Slot(before == null ? List.of() : before.variants, untilMillis);
  }

  /** A slot with these of its variants; null when nothing is left of it. */
  Slot keeping(List<Entry> some) {
    return some.isEmpty() ? null : new Slot(List.copyOf(some), passUntilMillis);
  }

  List<Entry> variants() {
    return variants;
  }

  boolean isPassing(long nowMillis) {
    return nowMillis < passUntilMillis;
  }

  /** The youngest variant that was chosen by the same fields, or null. */
  Entry select(MultiMap request) {
    Entry found = null;
    List<String> names = null;
    String text = null;
    for (int i = 0; i < variants.size(); i++) {
      Entry each = variants.get(i);
      if (!each.stored().vary().equals(names)) {
        names = each.stored().vary();
        text = Variants.text(names, request);
      }
      boolean younger =
          found == null || each.stored().responseMillis() > found.stored().responseMillis();
      if (younger && each.stored().variant().equals(text)) {
        found = each;
      }
    }
    return found;
  }

  /** How long any of it is still of use. */
  Duration left(long nowMillis) {
    long until = passUntilMillis;
    for (Entry each : variants) {
      until = Math.max(until, each.keepUntilMillis());
    }
    return Duration.ofMillis(Math.max(0, until - nowMillis));
  }

  /** Bytes of heap that it takes; its key in the map is that of its first variant. */
  int weight(String key) {
    long weight = variants.isEmpty() ? OVERHEAD + 56 + key.length() : OVERHEAD;
    for (Entry each : variants) {
      weight += each.weight();
    }
    return (int) Math.min(Integer.MAX_VALUE, weight);
  }
}
