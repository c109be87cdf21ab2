package io.tidegate.cache.store;

import io.netty.util.AsciiString;
import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.Rendition;
import io.tidegate.cache.api.StoredResponse;
import io.tidegate.cache.freshness.Terms;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A stored response, with what is worked out of it once. Immutable but for two marks that any event
 * loop may set.
 */
public final class Entry {
  /**
   * What can be validated is kept for so long past its use: to ask whether it has changed is
   * cheaper than to fetch it.
   */
  private static final long KEPT_FOR_VALIDATION = 3600;

  /** Nothing is kept for longer, whatever its origin says: 31 days. */
  private static final long LONGEST = 31L * 24 * 3600;

  /** Who claims a refresh and dies holds up the next for so long. */
  private static final long CLAIM_NANOS = 10_000_000_000L;

  /** Entry, response, rendition, buffer, array of variants: what they weigh when they are empty. */
  private static final long OVERHEAD = 370;

  private static final AtomicLongFieldUpdater<Entry> CLAIM =
      AtomicLongFieldUpdater.newUpdater(Entry.class, "claimed");

  private static final AsciiString ETAG = AsciiString.cached("etag");
  private static final AsciiString LAST_MODIFIED = AsciiString.cached("last-modified");

  private final StoredResponse stored;
  private final Terms terms;
  private final Rendition whole;
  private final long keepUntilMillis;

  /** Number of the last order that this is known to have outlived. */
  private volatile long seen;

  /** {@link System#nanoTime} until which somebody refreshes it; 0: nobody does. */
  private volatile long claimed;

  /**
   * @param keepUntilMillis when even its grace is over, since the epoch
   */
  public Entry(StoredResponse stored, long keepUntilMillis) {
    this.stored = stored;
    this.terms = Terms.of(stored);
    this.whole = Rendition.whole(stored);
    this.keepUntilMillis = keepUntilMillis;
    this.seen = stored.generation();
  }

  /** Keeps it as long as the route or its origin may find a use for it. */
  public static Entry of(StoredResponse stored, CachePolicy policy) {
    Terms terms = Terms.of(stored);
    long stale =
        Math.max(
            policy
                .staleWhileRevalidate()
                .map(d -> d.toSeconds())
                .orElse(terms.staleWhileRevalidate()),
            policy.staleIfError().map(d -> d.toSeconds()).orElse(terms.staleIfError()));
    if (stored.headers().contains(ETAG) || stored.headers().contains(LAST_MODIFIED)) {
      stale = Math.max(stale, KEPT_FOR_VALIDATION);
    }
    long fresh = Math.max(0, stored.lifetimeSeconds() - stored.initialAgeSeconds());
    long keep = Math.min(LONGEST, Math.min(LONGEST, fresh) + Math.min(LONGEST, stale));
    return new Entry(stored, stored.responseMillis() + keep * 1000);
  }

  public StoredResponse stored() {
    return stored;
  }

  /** The same, marked as stale. */
  public Entry softened() {
    return new Entry(Rules.softened(stored, stored.generation()), keepUntilMillis);
  }

  /** The same, as of a number of orders in this node. */
  Entry as(long generation) {
    return new Entry(Rules.as(stored, generation), keepUntilMillis);
  }

  Terms terms() {
    return terms;
  }

  Rendition whole() {
    return whole;
  }

  public long keepUntilMillis() {
    return keepUntilMillis;
  }

  long seen() {
    return seen;
  }

  /** It has outlived all orders up to this number. */
  void outlived(long number) {
    if (number > seen) {
      seen = number; // Two at once may leave the smaller: then it is looked at once more.
    }
  }

  /** Whether the caller is the one to refresh it now. */
  boolean claim(long nowNanos) {
    long before = claimed;
    return (before == 0 || nowNanos - before > 0)
        && CLAIM.compareAndSet(this, before, nowNanos + CLAIM_NANOS);
  }

  /** Bytes of heap that it takes. */
  long weight() {
    long weight = OVERHEAD + stored.headers().weight() + stored.body().length();
    weight += text(stored.key()) + text(stored.variant());
    for (String each : stored.vary()) {
      weight += text(each);
    }
    for (String each : stored.tags()) {
      weight += text(each);
    }
    return weight;
  }

  private static long text(String text) {
    return text.isEmpty() ? 0 : 56 + text.length(); // There is one empty text.
  }
}
