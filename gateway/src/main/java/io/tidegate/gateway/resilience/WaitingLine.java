package io.tidegate.gateway.resilience;

import io.tidegate.gateway.resilience.Bulkhead.Waiter;

/** Those who wait for a place, in the order in which they came. Used under a lock. */
final class WaitingLine {
  private static final int PRIORITIES = 8;

  /** How many of each priority, so that a full line of equals is not searched for a lower one. */
  private final int[] present = new int[PRIORITIES];

  private Waiter first;
  private Waiter last;

  boolean isEmpty() {
    return first == null;
  }

  /** The first whose group holds less than {@code most} places; the first of all if none does. */
  Waiter firstWithin(int most) {
    Waiter each = first;
    while (each != null && !each.within(most)) {
      each = each.next;
    }
    return each == null ? first : each;
  }

  void add(Waiter waiter) {
    present[waiter.priority]++;
    waiter.previous = last;
    if (last == null) {
      first = waiter;
    } else {
      last.next = waiter;
    }
    last = waiter;
  }

  void remove(Waiter waiter) {
    present[waiter.priority]--;
    if (waiter.previous == null) {
      first = waiter.next;
    } else {
      waiter.previous.next = waiter.next;
    }
    if (waiter.next == null) {
      last = waiter.previous;
    } else {
      waiter.next.previous = waiter.previous;
    }
    waiter.previous = null;
    waiter.next = null;
  }

  /** Of those with the lowest priority, if it is below {@code priority}, the newest; else null. */
  Waiter newestBelow(int priority) {
    int lowest = 0;
    while (lowest < priority && present[lowest] == 0) {
      lowest++;
    }
    return lowest == priority ? null : newestOf(lowest);
  }

  private Waiter newestOf(int priority) {
    Waiter each = last;
    while (each.priority != priority) {
      each = each.previous;
    }
    return each;
  }

  static int clamped(int priority) {
    return Math.max(0, Math.min(PRIORITIES - 1, priority));
  }
}
