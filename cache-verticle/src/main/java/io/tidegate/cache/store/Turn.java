package io.tidegate.cache.store;

import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Verdict;
import io.tidegate.cache.freshness.Variants;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A call to the origin and those who wait for it, from the side of those who wait. On the
 * verticle's event loop, but for {@link #isWaiting}.
 */
final class Turn implements Call.Audience {
  /** One who waits. */
  record Waiter(CacheQuery query, Promise<Verdict> promise, long sinceNanos) {}

  private final Leases leases;
  private final String key;

  /** What tells its variants apart; null: not known before the answer is here. */
  private List<String> vary;

  private String variant;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private volatile int waiting;

  /** Who calls; null: not yet, or no more. */
  private Call call;

  /** The answer on its way; null: not yet. */
  private Stream stream;

  private long timer = -1;

  Turn(Leases leases, String key, List<String> vary, String variant) {
    this.leases = leases;
    this.key = key;
    this.vary = vary;
    this.variant = variant;
  }

  String key() {
    return key;
  }

  List<String> vary() {
    return vary;
  }

  Call call() {
    return call;
  }

  void call(Call value) {
    call = value;
  }

  Stream stream() {
    return stream;
  }

  /** The answer is on its way: now it is known what it varies on. */
  void flies(Stream value) {
    stream = value;
    vary = value.head().vary();
    variant = value.head().variant();
  }

  /** Whether its answer could be one for this request. */
  boolean mayAnswer(CacheQuery query) {
    return vary == null || Variants.text(vary, query.headers()).equals(variant);
  }

  void add(Waiter waiter) {
    waiters.add(waiter);
    waiting = waiters.size();
  }

  /** The next in line, or null. */
  Waiter next() {
    Waiter found = waiters.poll();
    waiting = waiters.size();
    return found;
  }

  int size() {
    return waiters.size();
  }

  /** Takes out all who wait. */
  List<Waiter> release() {
    List<Waiter> all = new ArrayList<>(waiters);
    waiters.clear();
    waiting = 0;
    return all;
  }

  /** Takes out those who have waited since before. */
  List<Waiter> releaseBefore(long nanos) {
    List<Waiter> old = new ArrayList<>();
    while (!waiters.isEmpty() && waiters.peek().sinceNanos() - nanos < 0) {
      old.add(next());
    }
    return old;
  }

  long timer() {
    return timer;
  }

  void timer(long id) {
    timer = id;
  }

  @Override
  public boolean isWaiting() {
    return waiting > 0;
  }

  @Override
  public void told(Call by, Call.Outcome outcome) {
    leases.told(this, by, outcome);
  }
}
