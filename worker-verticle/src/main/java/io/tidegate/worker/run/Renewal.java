package io.tidegate.worker.run;

import io.tidegate.worker.api.Lease;
import io.tidegate.worker.store.JobStore;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Holds all leases of this node, all in one go, from a thread of its own: a busy event loop must
 * not look like a dead node.
 */
final class Renewal {
  /**
   * A node that could not renew for so long before the end of a lease gives its runs up, where
   * others may take them.
   */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final JobStore store;
  private final Consumer<List<Lease>> lost;
  private final Set<Lease> held = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "tidegate-jobs-renewal");
            made.setDaemon(true);
            return made;
          });
  private volatile Duration lease;
  private ScheduledFuture<?> task;
  private volatile long renewed = System.nanoTime();

  /**
   * @param lost is told of leases that are no longer held, on any thread
   */
  Renewal(JobStore store, Duration lease, Consumer<List<Lease>> lost) {
    this.store = store;
    store.holder(held::contains);
    this.lease = lease;
    this.lost = lost;
  }

  void start() {
    long period = lease.toMillis() / 3;
    task = thread.scheduleAtFixedRate(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  /** Leases of another length from now on: those that are held are renewed to it at once. */
  void configure(Duration next) {
    if (!next.equals(lease)) {
      lease = next;
      task.cancel(false);
      task = thread.scheduleAtFixedRate(this::renew, 0, next.toMillis() / 3, TimeUnit.MILLISECONDS);
    }
  }

  void hold(Lease one) {
    held.add(one);
  }

  void letGo(Lease one) {
    held.remove(one);
  }

  private void renew() {
    List<Lease> all = List.copyOf(held);
    if (all.isEmpty()) {
      renewed = System.nanoTime();
      return;
    }
    long asked = System.nanoTime();
    store
        .renew(all, lease)
        .onSuccess(
            gone -> {
              renewed = asked;
              if (!gone.isEmpty()) {
                lost.accept(gone);
              }
            });
    boolean late = asked - renewed > lease.minus(MARGIN).toNanos();
    if (late && MARGIN.compareTo(lease) < 0 && store.shared()) {
      lost.accept(all);
    }
  }

  void stop() {
    thread.shutdownNow();
  }
}
