package io.tidegate.gateway.resilience;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Keeps extra attempts (retries, hedges, revalidations) a share of the real traffic, so that they
 * cannot bury an upstream that is already in trouble. One per upstream, for all event loops.
 *
 * <p>Two limits hold at once. By volume, much as in Finagle's RetryBudget: over the last {@value
 * #WINDOW_SECONDS} s there are at most {@code share} extra attempts per request, or {@code
 * min-per-second} where that is more. Finagle adds the two; then the least allowance would come on
 * top of the share in an outage, when every request asks for an extra attempt. By number at a time,
 * as in Envoy: {@code share} of the calls in flight, and {@value #ALWAYS_AT_ONCE} besides.
 *
 * <p>Later runs of jobs, which nobody is waiting for, draw on the same count and yield to the
 * others: they are refused when half of the allowance is spent, but for one a second, so that none
 * waits for ever; how many of them go on at once is counted apart, so that none of them, which may
 * take long, stands in a client's way.
 *
 * <p>Routes with different options draw on the same count: one that allows less is refused earlier.
 */
public final class RetryBudget {
  static final int WINDOW_SECONDS = 10;
  static final int ALWAYS_AT_ONCE = 3;
  private static final int SLICES = 10;

  private final SliceRing<Before> ring;
  private final LongAdder requests = new LongAdder();
  private final AtomicLong extras = new AtomicLong();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger laterAtOnce = new AtomicInteger();
  private final AtomicLong trickle = new AtomicLong(Long.MIN_VALUE);

  /**
   * @param nanos a monotonic clock, {@code System::nanoTime}
   */
  public RetryBudget(LongSupplier nanos) {
    long window = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
    this.ring = new SliceRing<>(nanos, window, SLICES, this::begin);
  }

  /** Once for each request of a client, whatever becomes of it. */
  public void deposit() {
    ring.now();
    requests.increment();
  }

  /**
   * Asks for one extra attempt, before any wait for it. If true, {@link #release} is due when the
   * attempt has ended or was given up.
   *
   * @param active calls to the upstream in flight now
   */
  public boolean tryWithdraw(BudgetOptions options, int active) {
    if (!enter(atOnce, limit(options, active))) {
      return false;
    }
    if (spend(options)) {
      return true;
    }
    release();
    return false;
  }

  private static int limit(BudgetOptions options, int active) {
    return Math.max(ALWAYS_AT_ONCE, (int) (options.share() * active));
  }

  /**
   * Asks for a further run of a job. If true, {@link #releaseLater} is due when it has ended.
   *
   * @param active calls to the upstream in flight now
   */
  public boolean tryWithdrawLater(BudgetOptions options, int active) {
    if (!enter(laterAtOnce, limit(options, active))) {
      return false;
    }
    if (spend(new BudgetOptions(options.share() / 2, options.minPerSecond() / 2)) || drip()) {
      return true;
    }
    laterAtOnce.decrementAndGet();
    return false;
  }

  /** One in each second is let through whatever was spent. */
  private boolean drip() {
    long number = ring.number();
    long last = trickle.get();
    if (last == number || !trickle.compareAndSet(last, number)) {
      return false;
    }
    charge();
    return true;
  }

  /**
   * A further run of a job has ended.
   *
   * @param unharmed whether the upstream was none the worse for it, as it answered or was not
   *     called: then it was no extra load, and leaves what there was for others
   */
  public void releaseLater(boolean unharmed) {
    laterAtOnce.decrementAndGet();
    if (unharmed) {
      extras.decrementAndGet();
    }
  }

  /**
   * Counts an extra attempt that is made in any case, such as the replay of a request that a stale
   * connection lost; what is left for others becomes less by it.
   */
  public void charge() {
    ring.now();
    extras.incrementAndGet();
  }

  /** An extra attempt has ended. */
  public void release() {
    atOnce.decrementAndGet();
  }

  /** Extra attempts going on now. */
  public int atOnce() {
    return atOnce.get() + laterAtOnce.get();
  }

  private static boolean enter(AtomicInteger places, int limit) {
    int now = places.get();
    while (now < limit) {
      if (places.compareAndSet(now, now + 1)) {
        return true;
      }
      now = places.get();
    }
    return false;
  }

  /** All extras are counted in one number, so no two threads can take the last one. */
  private boolean spend(BudgetOptions options) {
    long number = ring.number();
    ring.at(number);
    while (true) {
      long spent = extras.get();
      Before window = oldest(number);
      double least = options.minPerSecond() * (number - window.number + 1);
      double allowed = Math.max(least, options.share() * (requests.sum() - window.requests));
      if (spent - window.extras + 1 > allowed) {
        return false;
      }
      if (extras.compareAndSet(spent, spent + 1)) {
        return true;
      }
    }
  }

  private Before oldest(long number) {
    for (int age = ring.length() - 1; age > 0; age--) {
      Before before = ring.past(number, age);
      if (before != null) {
        return before;
      }
    }
    return ring.at(number);
  }

  private Before begin(long number) {
    return new Before(number, requests.sum(), extras.get());
  }

  /** The totals when a slice began: a window's own count is a total less the one before it. */
  private static final class Before extends SliceRing.Slice {
    final long requests;
    final long extras;

    Before(long number, long requests, long extras) {
      super(number);
      this.requests = requests;
      this.extras = extras;
    }
  }
}
