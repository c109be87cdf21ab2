package io.tidegate.cache.store;

import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.StoredResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was ordered to be forgotten, and when: orders are numbered, and a response knows the number
 * up to which it has seen them. So an order takes effect at once, whatever it names, without a
 * search; the search that frees the memory comes after.
 *
 * <p>Bounded: what is pushed out raises the floor, below which everything counts as purged. Written
 * by one thread, read by any.
 */
public final class Purges {
  /** What the orders mean for a response. */
  public enum Judgement {
    /** None of them means it. */
    LIVE,
    /** It is to count as stale. */
    SOFT,
    /** It must not be used. */
    DEAD
  }

  private static final Mark NONE = new Mark(0, 0);

  /** Numbers of the latest orders for one text. */
  private record Mark(long hard, long soft) {
    Mark with(long number, boolean isSoft) {
      return isSoft
          ? new Mark(hard, Math.max(soft, number))
          : new Mark(Math.max(hard, number), soft);
    }

    long latest() {
      return Math.max(hard, soft);
    }
  }

  private final int limit;
  private final int prefixLimit;
  private final Map<String, Mark> urls = new ConcurrentHashMap<>();
  private final Map<String, Mark> tags = new ConcurrentHashMap<>();
  private final Map<String, Mark> prefixes = new ConcurrentHashMap<>();
  private volatile Mark all = NONE;
  private volatile long floor;
  private volatile long generation;

  public Purges() {
    this(10_000, 500);
  }

  /**
   * @param limit of URLs, and of tags
   * @param prefixLimit of prefixes, each of which has to be compared
   */
  Purges(int limit, int prefixLimit) {
    this.limit = limit;
    this.prefixLimit = prefixLimit;
  }

  /** Number of the latest order. */
  public long generation() {
    return generation;
  }

  /** Gives an order the next number. */
  public long add(PurgeOrder order) {
    long number = generation + 1;
    add(order, number);
    return number;
  }

  /** Adds an order that was numbered elsewhere. */
  public void add(PurgeOrder order, long number) {
    switch (order.kind()) {
      case ALL -> all = all.with(number, order.soft());
      case URL -> put(urls, limit, order, number);
      case TAG -> put(tags, limit, order, number);
      case PREFIX -> put(prefixes, prefixLimit, order, number);
    }
    generation = Math.max(generation, number); // Last: who sees it sees the mark.
  }

  private void put(Map<String, Mark> marks, int most, PurgeOrder order, long number) {
    if (marks.size() >= most && !marks.containsKey(order.text())) {
      forgetOlderHalf(marks);
    }
    marks.merge(
        order.text(),
        NONE.with(number, order.soft()),
        (before, now) -> before.with(number, order.soft()));
  }

  private void forgetOlderHalf(Map<String, Mark> marks) {
    long[] numbers = marks.values().stream().mapToLong(Mark::latest).sorted().toArray();
    long middle = numbers[numbers.length / 2];
    raiseFloor(middle);
    marks.values().removeIf(mark -> mark.latest() <= middle);
  }

  /** All orders up to this number have been added. */
  public void number(long number) {
    generation = Math.max(generation, number);
  }

  /** Everything that has not seen {@code number} counts as purged. */
  public void raiseFloor(long number) {
    floor = Math.max(floor, number);
    generation = Math.max(generation, number);
  }

  /**
   * What the orders mean for a response.
   *
   * @param seen number up to which it has seen them
   */
  public Judgement judge(StoredResponse response, long seen) {
    if (seen >= generation) {
      return Judgement.LIVE;
    }
    if (seen < floor || all.hard > seen) {
      return Judgement.DEAD;
    }
    return judge(url(response.key()), response.tags(), seen);
  }

  private Judgement judge(String url, List<String> ofTags, long seen) {
    Mark worst = all;
    worst = worse(worst, urls.get(url));
    for (String tag : ofTags) {
      worst = worse(worst, tags.get(tag));
    }
    if (!prefixes.isEmpty()) {
      for (Map.Entry<String, Mark> each : prefixes.entrySet()) {
        if (url.startsWith(each.getKey())) {
          worst = worse(worst, each.getValue());
        }
      }
    }
    if (worst.hard > seen) {
      return Judgement.DEAD;
    }
    return worst.soft > seen ? Judgement.SOFT : Judgement.LIVE;
  }

  private static Mark worse(Mark one, Mark other) {
    return other == null
        ? one
        : new Mark(Math.max(one.hard, other.hard), Math.max(one.soft, other.soft));
  }

  /** Whether an order means a response, whenever it was given. */
  static boolean names(PurgeOrder order, StoredResponse response) {
    return switch (order.kind()) {
      case ALL -> true;
      case URL -> url(response.key()).equals(order.text());
      case PREFIX -> url(response.key()).startsWith(order.text());
      case TAG -> response.tags().contains(order.text());
    };
  }

  /** Whether it is time to {@link #settle}. */
  boolean isFilling() {
    return urls.size() > limit / 2 || tags.size() > limit / 2 || prefixes.size() > prefixLimit / 2;
  }

  /** Everything that was to be looked at has been, up to this order: they may be forgotten. */
  void settle(long number) {
    raiseFloor(number);
    urls.values().removeIf(mark -> mark.latest() <= number);
    tags.values().removeIf(mark -> mark.latest() <= number);
    prefixes.values().removeIf(mark -> mark.latest() <= number);
  }

  /** The part of a key that is named in an order: without the method. */
  static String url(String key) {
    return key.substring(key.indexOf(' ') + 1);
  }
}
