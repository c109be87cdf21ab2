package io.tidegate.gateway.resilience;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * A rate limit: a bucket of tokens for each key, refilled steadily up to the burst. All threads, no
 * locks, and a bounded number of keys.
 *
 * <p>A bucket is one number, the time when it will be full again (GCRA, ITU-T I.371); a bucket
 * whose time has come is the same as none. Keys are kept in two generations: one that is asked for
 * moves to the young one, and when that has grown to half the bound, the old one is dropped. So
 * nothing is ever scanned, and what is forgotten has not been asked for since at least {@code
 * maxKeys} / 2 other keys were.
 *
 * <p>An answer is one long, read by {@link #allowed}, {@link #remaining} and {@link #resetMillis}.
 */
public final class TokenBuckets {
  public static final int MAX_KEYS = 100_000;

  private static final long REFUSED = Long.MIN_VALUE;
  private static final long MAX_MILLIS = 0xFFFF_FFFFL;

  private record Generations(
      ConcurrentMap<Object, AtomicLong> young,
      ConcurrentMap<Object, AtomicLong> old,
      AtomicInteger added) {
    static Generations first() {
      return new Generations(
          new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new AtomicInteger());
    }

    Generations next() {
      return new Generations(new ConcurrentHashMap<>(), young, new AtomicInteger());
    }
  }

  private final AtomicReference<Generations> generations =
      new AtomicReference<>(Generations.first());
  private final int perGeneration;
  private final LongSupplier nanos;
  private final long origin;
  private final long nanosPerToken;
  private final long nanosPerBurst;

  /** With {@link #MAX_KEYS} and the system's clock. */
  public TokenBuckets(RateLimitOptions options) {
    this(options.permits(), options.seconds(), options.burst(), MAX_KEYS, System::nanoTime);
  }

  /**
   * @param permits tokens added per {@code seconds}
   * @param burst tokens at most, at least 1
   * @param nanos a monotonic clock
   */
  public TokenBuckets(long permits, long seconds, long burst, int maxKeys, LongSupplier nanos) {
    this.perGeneration = Math.max(1, maxKeys / 2);
    this.nanos = nanos;
    this.origin = nanos.getAsLong();
    long span = TimeUnit.SECONDS.toNanos(seconds);
    this.nanosPerToken = Math.max(1, span / Math.max(1, permits));
    long tokens = Math.max(1, burst);
    this.nanosPerBurst =
        tokens > Long.MAX_VALUE / 4 / nanosPerToken ? Long.MAX_VALUE / 4 : tokens * nanosPerToken;
  }

  /** Takes a token from the key's bucket if there is one. */
  public long tryTake(Object key) {
    AtomicLong fullAt = bucket(key);
    long now = nanos.getAsLong() - origin;
    while (true) {
      long before = fullAt.get();
      long after = Math.max(before, now) + nanosPerToken;
      long missing = after - now;
      if (missing > nanosPerBurst) {
        return REFUSED | millis(missing - nanosPerBurst);
      }
      if (fullAt.compareAndSet(before, after)) {
        long remaining = Math.min(Integer.MAX_VALUE, (nanosPerBurst - missing) / nanosPerToken);
        return remaining << 32 | millis(missing);
      }
    }
  }

  /** Whether there was a token. */
  public static boolean allowed(long answer) {
    return answer >= 0;
  }

  /** Tokens left. */
  public static int remaining(long answer) {
    return (int) (answer >>> 32) & Integer.MAX_VALUE;
  }

  /** Until the bucket is full again; if refused, until there is a token. At least 1. */
  public static long resetMillis(long answer) {
    return answer & MAX_MILLIS;
  }

  /** Keys that are remembered. */
  public int size() {
    Generations now = generations.get();
    return now.young.size() + now.old.size();
  }

  /** Rounded up, so that who waits for as long does not come too early. */
  private static long millis(long nanos) {
    return Math.min(MAX_MILLIS, (nanos + 999_999) / 1_000_000);
  }

  private AtomicLong bucket(Object key) {
    while (true) {
      Generations now = generations.get();
      AtomicLong known = now.young.get(key);
      if (known != null) {
        return known;
      }
      AtomicLong bucket = adopt(now, key);
      // Had the generations changed meanwhile, another thread could have missed what was put here.
      if (generations.get() == now) {
        if (now.added.get() >= perGeneration) {
          generations.compareAndSet(now, now.next());
        }
        return bucket;
      }
    }
  }

  private static AtomicLong adopt(Generations now, Object key) {
    AtomicLong old = now.old.get(key);
    AtomicLong bucket = old == null ? new AtomicLong() : old;
    AtomicLong present = now.young.putIfAbsent(key, bucket);
    if (present != null) {
      return present;
    }
    now.added.incrementAndGet();
    return bucket;
  }
}
