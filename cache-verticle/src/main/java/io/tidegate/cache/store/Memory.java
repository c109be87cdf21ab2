package io.tidegate.cache.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.metrics.api.CacheMeters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The memory tier: bounded by the bytes that its responses take of the heap, keeping what is asked
 * for often over what was asked for last (W-TinyLFU). Used from all event loops.
 */
public final class Memory {
  private static final long CHANGES = 20_000;

  private final Cache<String, Slot> slots;
  private final Policy.Eviction<String, Slot> bound;

  /** When the origin changed what a key names, for as long as a call may take. */
  private final Cache<String, Long> changes =
      Caffeine.newBuilder()
          .maximumSize(CHANGES)
          .expireAfterWrite(Duration.ofMinutes(10))
          .executor(Runnable::run)
          .build();

  private final Purges purges;
  private final LongSupplier clock;
  private final CacheMeters meters;

  /**
   * @param bytes of heap at most
   * @param clock milliseconds since the epoch
   */
  public Memory(long bytes, Purges purges, LongSupplier clock, CacheMeters meters) {
    this.purges = purges;
    this.clock = clock;
    this.meters = meters;
    slots =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((String key, Slot slot) -> slot.weight(key))
            .expireAfter(Expiry.writing((String key, Slot slot) -> slot.left(clock.getAsLong())))
            // On the thread that uses it. What has to be done is bounded per use, a few
            // microseconds; to hand it to another thread costs more than to do it, and the common
            // pool may be busy with something that blocks.
            .executor(Runnable::run)
            .evictionListener(this::evicted)
            .build();
    bound = slots.policy().eviction().orElseThrow();
    meters.memory(this::bytes, slots::estimatedSize, this::limit);
  }

  private void evicted(String key, Slot slot, RemovalCause cause) {
    String reason = cause == RemovalCause.SIZE ? "size" : "expired";
    for (int i = slot == null ? 0 : slot.variants().size(); i > 0; i--) {
      meters.evicted(reason);
    }
  }

  /** Bytes that it takes, by its own reckoning. */
  public long bytes() {
    return bound.weightedSize().orElse(0);
  }

  public long limit() {
    return bound.getMaximum();
  }

  /** Changes the bound. */
  public void resize(long bytes) {
    bound.setMaximum(bytes);
  }

  /** What is known of a key, or null. */
  Slot get(String key) {
    return slots.getIfPresent(key);
  }

  /**
   * What the orders mean for an entry. One that has outlived them all is not looked at again before
   * the next order.
   */
  Purges.Judgement judge(Entry entry) {
    long latest = purges.generation();
    if (entry.seen() >= latest) {
      return Purges.Judgement.LIVE;
    }
    Purges.Judgement found = purges.judge(entry.stored(), entry.seen());
    if (found == Purges.Judgement.LIVE) {
      entry.outlived(latest);
    }
    return found;
  }

  /** The entry as the orders leave it: itself, marked as stale, or null. */
  Entry alive(Entry entry) {
    if (entry == null) {
      return null;
    }
    return switch (judge(entry)) {
      case LIVE -> entry;
      case SOFT -> softened(entry);
      case DEAD -> null;
    };
  }

  private Entry softened(Entry entry) {
    return new Entry(Rules.softened(entry.stored(), purges.generation()), entry.keepUntilMillis());
  }

  /** Stores, in place of the same variant. */
  public void put(Entry entry) {
    slots.asMap().compute(entry.stored().key(), (key, before) -> Slot.with(before, entry));
  }

  /** Nobody is to wait for answers to this key for a while: they are for one request each. */
  void pass(String key, long untilMillis) {
    slots.asMap().compute(key, (same, before) -> Slot.passing(before, untilMillis));
  }

  /** Forgets all variants of a key. */
  void remove(String key) {
    slots.invalidate(key);
  }

  /** Forgets one variant, if it is still there. */
  void remove(String key, Entry entry) {
    slots
        .asMap()
        .computeIfPresent(
            key,
            (same, slot) ->
                slot.keeping(slot.variants().stream().filter(each -> each != entry).toList()));
  }

  /** The origin has changed what this key names: what was fetched until now is too old. */
  public void changed(String key) {
    changes.put(key, System.nanoTime());
    slots.invalidate(key);
  }

  /** Whether a key has changed since. */
  boolean hasChanged(String key, long sinceNanos) {
    Long at = changes.getIfPresent(key);
    return at != null && at - sinceNanos >= 0;
  }

  /**
   * Frees what orders named. Takes time in proportion to what is stored: not on an event loop.
   *
   * @param everything whether to look at all that is stored, whatever was ordered
   * @return how many responses each of them named
   */
  long[] sweep(List<PurgeOrder> orders, boolean everything) {
    long[] counts = new long[orders.size()];
    boolean onlyUrls = orders.stream().allMatch(each -> each.kind() == PurgeOrder.Kind.URL);
    if (onlyUrls && !everything) {
      orders.forEach(each -> sweep("GET " + each.text(), orders, counts));
    } else {
      slots.asMap().keySet().forEach(key -> sweep(key, orders, counts));
    }
    return counts;
  }

  private void sweep(String key, List<PurgeOrder> orders, long[] counts) {
    slots.asMap().computeIfPresent(key, (same, slot) -> swept(slot, orders, counts));
  }

  private Slot swept(Slot slot, List<PurgeOrder> orders, long[] counts) {
    List<Entry> kept = new ArrayList<>(slot.variants().size());
    boolean changed = false;
    for (Entry each : slot.variants()) {
      Entry left = alive(each);
      if (left != each) {
        changed = true;
        count(each, orders, counts);
      }
      if (left != null) {
        kept.add(left);
      } else {
        meters.evicted("purged");
      }
    }
    return changed ? slot.keeping(kept) : slot;
  }

  private static void count(Entry entry, List<PurgeOrder> orders, long[] counts) {
    for (int i = 0; i < counts.length; i++) {
      if (Purges.names(orders.get(i), entry.stored())) {
        counts[i]++;
      }
    }
  }
}
