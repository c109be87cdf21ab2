package io.tidegate.gateway.resilience;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A number of places that is never exceeded, and a bounded line of those who wait for one: calls in
 * flight to an upstream, or its connections. Shared by all event loops.
 *
 * <p>With a place free, taking and giving back is one compare-and-set each and allocates nothing.
 * Once somebody waits, everything goes through the line, first come first served, under a lock that
 * is held for a few writes and never while foreign code runs.
 *
 * <p>Callers may be grouped: while others wait, a group that holds half of the places gets no more.
 *
 * <p>While the line is full, a newcomer displaces the newest of the waiters with the lowest
 * priority, if that is lower than its own.
 */
public final class Bulkhead {
  /** How asking for a place ended. */
  public enum Admission {
    /** The caller has a place, and gives it back with {@link Bulkhead#release}. */
    ADMITTED,
    /** No place, and none in the line either. */
    QUEUE_FULL,
    WAITED_TOO_LONG,
    /** Displaced from the line by a caller of higher priority. */
    SHED,
    /** The caller itself gave up: {@link Waiter#leave}. */
    LEFT
  }

  private static final long WAITING = 1L << 32;

  /** Waiting in the upper half, in flight in the lower: no thread can see one without the other. */
  private final AtomicLong counts = new AtomicLong();

  /** Also the lock. If anyone is in it when the lock is free, all places are taken. */
  private final WaitingLine line = new WaitingLine();

  private final int queue;
  private final long maxWaitMillis;
  private volatile int limit;

  /**
   * @param limit places, at least 1
   * @param queue callers that may wait, 0: none
   */
  public Bulkhead(int limit, int queue, Duration maxWait) {
    this.limit = Math.max(1, limit);
    this.queue = Math.max(0, queue);
    this.maxWaitMillis = maxWait.toMillis();
  }

  public static Bulkhead of(ConcurrencyOptions options) {
    return new Bulkhead(options.limit(), options.queue(), options.maxWait());
  }

  /** Takes a place if one is free and nobody waits for it. */
  public boolean tryAcquire() {
    long now = counts.get();
    while (waiting(now) == 0 && inFlight(now) < limit) {
      if (counts.compareAndSet(now, now + 1)) {
        return true;
      }
      now = counts.get();
    }
    return false;
  }

  /**
   * Takes a place, waiting for it if need be. Called on an event loop.
   *
   * @param context where the answer is given; of the same event loop as {@code timers}
   * @param timers the timers of this event loop
   * @param priority 0 to 7, higher ones stay longest
   */
  public Waiter acquire(Context context, TimerWheel timers, int priority) {
    return acquire(context, timers, priority, null);
  }

  /**
   * The same for one of a group.
   *
   * @param held places that the caller's group holds, shared by its members; counted up here when a
   *     waiter is admitted, and by the caller in all other cases; null: no group
   */
  public Waiter acquire(Context context, TimerWheel timers, int priority, AtomicInteger held) {
    return acquire(task -> context.runOnContext(here -> task.run()), timers, priority, held);
  }

  Waiter acquire(Executor home, TimerWheel timers, int priority) {
    return acquire(home, timers, priority, null);
  }

  Waiter acquire(Executor home, TimerWheel timers, int priority, AtomicInteger held) {
    Waiter waiter = new Waiter(this, home, priority, held);
    Waiter displaced = enter(waiter);
    if (displaced != null) {
      displaced.deliver();
    }
    if (waiter.admission != null) {
      waiter.conclude(waiter.admission);
    } else {
      waiter.startClock(timers, maxWaitMillis);
    }
    return waiter;
  }

  /** Gives a place back, to the first in the line if there is one. From any thread. */
  public void release() {
    long now = counts.get();
    while (waiting(now) == 0) {
      if (counts.compareAndSet(now, now - 1)) {
        return;
      }
      now = counts.get();
    }
    List<Waiter> admitted;
    synchronized (line) {
      counts.decrementAndGet();
      admitted = admit();
    }
    admitted.forEach(Waiter::deliver);
  }

  /** Changes the number of places. Those taken beyond a lower limit stay until given back. */
  public void setLimit(int limit) {
    this.limit = Math.max(1, limit);
    if (waiting() > 0) {
      List<Waiter> admitted;
      synchronized (line) {
        admitted = admit();
      }
      admitted.forEach(Waiter::deliver);
    }
  }

  public int limit() {
    return limit;
  }

  public int inFlight() {
    return inFlight(counts.get());
  }

  public int waiting() {
    return waiting(counts.get());
  }

  private static int inFlight(long counts) {
    return (int) counts;
  }

  private static int waiting(long counts) {
    return (int) (counts >>> 32);
  }

  /** Decides about a newcomer; what it returns, possibly null, was displaced by it. */
  private Waiter enter(Waiter waiter) {
    synchronized (line) {
      while (true) {
        long now = counts.get();
        if (waiting(now) == 0 && inFlight(now) < limit) {
          if (counts.compareAndSet(now, now + 1)) {
            waiter.admit();
            return null;
          }
        } else if (waiting(now) >= queue) {
          return displaceFor(waiter);
        } else if (counts.compareAndSet(now, now + WAITING)) {
          line.add(waiter);
          return null;
        }
      }
    }
  }

  private Waiter displaceFor(Waiter waiter) {
    Waiter displaced = line.newestBelow(waiter.priority);
    if (displaced == null) {
      waiter.admission = Admission.QUEUE_FULL;
      return null;
    }
    line.remove(displaced);
    displaced.admission = Admission.SHED;
    line.add(waiter);
    return displaced;
  }

  /** With the lock held: while somebody waits, nobody without the lock changes the counts. */
  private List<Waiter> admit() {
    List<Waiter> admitted = new ArrayList<>(1);
    while (!line.isEmpty() && inFlight() < limit) {
      Waiter next = line.firstWithin(Math.max(1, limit / 2));
      line.remove(next);
      counts.addAndGet(1 - WAITING);
      next.admit();
      admitted.add(next);
    }
    return admitted;
  }

  /** Takes a waiter out of the line. If it had left the line already, answers why. */
  private Admission withdraw(Waiter waiter, Admission why) {
    synchronized (line) {
      if (waiter.admission == null) {
        line.remove(waiter);
        counts.addAndGet(-WAITING);
        waiter.admission = why;
      }
      return waiter.admission;
    }
  }

  /** One who asked for a place. But for the line's own fields, it lives on one event loop. */
  public static final class Waiter {
    final int priority;
    Waiter previous;
    Waiter next;

    private final Bulkhead bulkhead;
    private final Executor home;
    private final AtomicInteger held;
    private final Promise<Admission> promise = Promise.promise();
    private TimerWheel.Timeout timeout;
    private boolean concluded;

    /** Decided under the lock; null as long as it waits. */
    private Admission admission;

    private Waiter(Bulkhead bulkhead, Executor home, int priority, AtomicInteger held) {
      this.bulkhead = bulkhead;
      this.home = home;
      this.held = held;
      this.priority = WaitingLine.clamped(priority);
    }

    /** Completes on the context that was given; does not fail. */
    public Future<Admission> admission() {
      return promise.future();
    }

    /**
     * Gives up, and at once leaves the line or gives back the place that was just assigned.
     *
     * @return false if the answer had been given: then, if admitted, the place is the caller's
     */
    public boolean leave() {
      if (concluded) {
        return false;
      }
      if (bulkhead.withdraw(this, Admission.LEFT) == Admission.ADMITTED) {
        if (held != null) {
          held.decrementAndGet();
        }
        bulkhead.release();
      }
      conclude(Admission.LEFT);
      return true;
    }

    /** Whether its group may have one more of {@code most} places. */
    boolean within(int most) {
      return held == null || held.get() < most;
    }

    /** With the lock held. */
    private void admit() {
      admission = Admission.ADMITTED;
      if (held != null) {
        held.incrementAndGet();
      }
    }

    private void startClock(TimerWheel timers, long maxWaitMillis) {
      timeout = timers.schedule(maxWaitMillis, this::giveUp);
    }

    /** If a place was assigned meanwhile, the news of it is on its way. */
    private void giveUp() {
      if (bulkhead.withdraw(this, Admission.WAITED_TOO_LONG) == Admission.WAITED_TOO_LONG) {
        deliver();
      }
    }

    private void deliver() {
      home.execute(() -> conclude(admission));
    }

    private void conclude(Admission how) {
      if (concluded) {
        return;
      }
      concluded = true;
      if (timeout != null) {
        timeout.cancel();
      }
      promise.complete(how);
    }
  }
}
