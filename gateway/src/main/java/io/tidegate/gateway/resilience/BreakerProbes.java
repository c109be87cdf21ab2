package io.tidegate.gateway.resilience;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The places for probes of one half-open stay. A place is taken, then given back (the probe said
 * nothing) or done (it succeeded); so never more calls than places are let through, whatever the
 * threads do, and when all are done the breaker may close.
 */
final class BreakerProbes {
  private static final long FREE = 0;
  private static final long DONE = 1;
  private static final long FIRST_TIME = 2;

  /** Per place: free, done, or the time when its probe is given up. */
  private final AtomicLongArray places;

  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger slow = new AtomicInteger();
  private final long timeoutNanos;

  BreakerProbes(int places, long timeoutNanos) {
    this.places = new AtomicLongArray(places);
    this.timeoutNanos = timeoutNanos;
  }

  /** The place's number, or -1 if all are taken. */
  int take(long now) {
    for (int i = 0; i < places.length(); i++) {
      if (places.get(i) == FREE && places.compareAndSet(i, FREE, deadline(now))) {
        return i;
      }
    }
    return -1;
  }

  private long deadline(long now) {
    return Math.max(FIRST_TIME, now + timeoutNanos);
  }

  /** Whether a probe has been out for longer than it may. */
  boolean overdue(long now) {
    for (int i = 0; i < places.length(); i++) {
      long deadline = places.get(i);
      if (deadline >= FIRST_TIME && deadline <= now) {
        return true;
      }
    }
    return false;
  }

  /** When the first of the probes out now is given up; 0 if none is out. */
  long nextDeadline() {
    long next = Long.MAX_VALUE;
    for (int i = 0; i < places.length(); i++) {
      long deadline = places.get(i);
      next = deadline >= FIRST_TIME ? Math.min(next, deadline) : next;
    }
    return next == Long.MAX_VALUE ? 0 : next;
  }

  /** Whether the probe was out. */
  boolean isOut(int place) {
    return place < places.length() && places.get(place) >= FIRST_TIME;
  }

  void giveBack(int place) {
    settle(place, FREE);
  }

  /** Whether with this probe all have succeeded. */
  boolean succeeded(int place, boolean wasSlow) {
    if (!settle(place, DONE)) {
      return false;
    }
    if (wasSlow) {
      slow.incrementAndGet();
    }
    return done.incrementAndGet() == places.length();
  }

  double slowShare() {
    return (double) slow.get() / places.length();
  }

  private boolean settle(int place, long to) {
    long deadline = place < places.length() ? places.get(place) : FREE;
    return deadline >= FIRST_TIME && places.compareAndSet(place, deadline, to);
  }
}
