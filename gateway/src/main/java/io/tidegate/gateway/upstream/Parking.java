package io.tidegate.gateway.upstream;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Downloads whose clients do not read. Each keeps its connection to the upstream but has given back
 * its slot, so that eighty clients that never read cannot keep all others waiting. There are as
 * many places as the upstream has slots; when they are taken, the download that has stood here
 * longest is ended. Shared by all event loops; asked only about downloads that stand still.
 */
final class Parking {
  /** A download that stood still for a shorter time is not ended: its client may be far away. */
  private static final long ENDURED_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A download without a slot. */
  interface Parked {
    /** {@link System#nanoTime} of the moment since which its client reads nothing; 0: it reads. */
    long standingSince();

    /** Ends it; from any thread. */
    void evict();
  }

  private final Set<Parked> parked = new LinkedHashSet<>();

  /**
   * Takes a place.
   *
   * @param places how many there are
   * @return whether there is one
   */
  boolean enter(Parked newcomer, int places) {
    Parked evicted = null;
    synchronized (parked) {
      if (parked.size() >= places) {
        evicted = takeOut(System.nanoTime() - ENDURED_NANOS);
        if (evicted == null) {
          return false;
        }
      }
      parked.add(newcomer);
    }
    if (evicted != null) {
      evicted.evict();
    }
    return true;
  }

  private Parked takeOut(long bound) {
    for (Iterator<Parked> each = parked.iterator(); each.hasNext(); ) {
      Parked oldest = each.next();
      long since = oldest.standingSince();
      if (since != 0 && since - bound < 0) {
        each.remove();
        return oldest;
      }
    }
    return null;
  }

  /** Gives a place back. */
  void leave(Parked leaving) {
    synchronized (parked) {
      parked.remove(leaving);
    }
  }

  int size() {
    synchronized (parked) {
      return parked.size();
    }
  }
}
