package io.tidegate.metrics.registry;

import io.vertx.core.Context;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How late event loops are: every 100 ms each is given an empty task, and the time until it runs is
 * time that other code kept the loop from everybody else. A task still waiting counts as well, so
 * that a loop which is held right now shows.
 */
final class LoopLag {
  static final long INTERVAL_MILLIS = 100;
  private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(INTERVAL_MILLIS);
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(5);

  /** From here on a loop counts as blocked. */
  private static final long BLOCKED = TimeUnit.MILLISECONDS.toNanos(200);

  private final Map<Thread, Probe> probes = new ConcurrentHashMap<>();
  private final LongAdder blocked;
  private volatile long lastPing;

  LoopLag(LongAdder blocked) {
    this.blocked = blocked;
  }

  /** Watches the calling event loop, once however often it is asked. */
  void watch(Context context) {
    probes.computeIfAbsent(Thread.currentThread(), any -> new Probe(context));
  }

  /**
   * To be called every {@link #INTERVAL_MILLIS} from one event loop, whose own delay shows here.
   */
  void ping() {
    long now = System.nanoTime();
    Probe own = probes.get(Thread.currentThread());
    if (own != null && lastPing != 0) {
      own.late(now - lastPing - INTERVAL, now);
    }
    lastPing = now;
    probes.entrySet().removeIf(entry -> !entry.getKey().isAlive() || !entry.getValue().ping(now));
  }

  /** The worst of all loops in the last five to ten seconds. */
  double seconds() {
    long now = System.nanoTime();
    return Math.max(
            0, probes.values().stream().mapToLong(probe -> probe.worst(now)).max().orElse(0))
        / 1e9;
  }

  /** Written by its event loop, apart from {@code sent}; read by whoever looks. */
  private final class Probe {
    private final Context context;

    /** When the waiting task was handed over; 0 when none is waiting. */
    private volatile long sent;

    private volatile long worstNow;
    private volatile long worstBefore;
    private long windowStart = System.nanoTime();

    Probe(Context context) {
      this.context = context;
    }

    boolean ping(long now) {
      if (sent != 0) {
        return true;
      }
      sent = now;
      try {
        context.runOnContext(arrived -> arrived());
        return true;
      } catch (RejectedExecutionException closed) {
        return false;
      }
    }

    private void arrived() {
      long now = System.nanoTime();
      late(now - sent, now);
      sent = 0;
    }

    private void late(long nanos, long now) {
      if (now - windowStart > WINDOW) {
        worstBefore = worstNow;
        worstNow = 0;
        windowStart = now;
      }
      worstNow = Math.max(worstNow, nanos);
      if (nanos >= BLOCKED) {
        blocked.increment();
      }
    }

    long worst(long now) {
      long since = sent;
      return Math.max(since == 0 ? 0 : now - since, Math.max(worstNow, worstBefore));
    }
  }
}
