package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.Bulkhead;
import io.tidegate.gateway.resilience.TimerWheel;
import io.vertx.core.Context;
import java.util.concurrent.atomic.AtomicInteger;

/** One call's place among those that the upstream takes at once. One event loop. */
final class Slot {
  private final Upstream upstream;
  private final AtomicInteger held;
  private boolean taken;

  /**
   * @param held places that the client's connection holds; null: nobody counts
   */
  Slot(Upstream upstream, AtomicInteger held) {
    this.upstream = upstream;
    this.held = held;
  }

  /** Takes a place if one is free. */
  boolean tryTake() {
    if (!upstream.slots().tryAcquire()) {
      return false;
    }
    if (held != null) {
      held.incrementAndGet();
    }
    taken();
    return true;
  }

  /** Waits for a place; when it is admitted, {@link #taken} is to be called. */
  Bulkhead.Waiter join(Context context, TimerWheel wheel, int priority) {
    return upstream.slots().acquire(context, wheel, priority, held);
  }

  void taken() {
    taken = true;
    upstream.meters().poolInUse(1);
  }

  /** Gives the place back. Idempotent. */
  void free() {
    if (taken) {
      taken = false;
      upstream.meters().poolInUse(-1);
      if (held != null) {
        held.decrementAndGet();
      }
      upstream.slots().release();
    }
  }

  /** Gives the place back while the client does not read, if others may need it. */
  boolean park(Parking.Parked download) {
    Bulkhead slots = upstream.slots();
    boolean scarce = slots.inFlight() * 2 >= slots.limit();
    if (!taken || !scarce || !upstream.parking().enter(download, slots.limit())) {
      return false;
    }
    free();
    return true;
  }

  /** Takes a place again if one is free; without one, the download goes on where it is. */
  boolean unpark(Parking.Parked download) {
    boolean back = tryTake();
    if (back) {
      upstream.parking().leave(download);
    }
    return back;
  }

  /** A parked download is over. */
  void leave(Parking.Parked download) {
    upstream.parking().leave(download);
  }
}
