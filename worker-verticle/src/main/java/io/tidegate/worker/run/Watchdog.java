package io.tidegate.worker.run;

import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ready job that nobody takes although there is room for it is a fault of ours: it is said, and
 * whoever should take it is started again. Confined to the engine's context.
 */
final class Watchdog {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final Duration STALL = Duration.ofSeconds(10);

  /** A queue that stands still, from look to look. */
  private static final class Standstill {
    private final long taken;
    private final long since;
    private long restarted;
    private boolean alarming;

    Standstill(long taken, long now) {
      this.taken = taken;
      this.since = now;
      this.restarted = now;
    }
  }

  private final Parts parts;
  private final Dispatcher dispatcher;
  private final Map<String, Standstill> still = new HashMap<>();
  private long looked = System.nanoTime();

  /** Read by whoever asks for metrics. */
  private volatile long longest;

  Watchdog(Parts parts, Dispatcher dispatcher) {
    this.parts = parts;
    this.dispatcher = dispatcher;
  }

  void start() {
    parts.meters().idle(() -> longest / 1e9);
  }

  /** To be shown all queues each second. */
  void look(List<QueueStatus> all) {
    looked = System.nanoTime();
    Set<String> now = new HashSet<>();
    for (QueueStatus status : all) {
      dispatcher
          .lane(status.queue())
          .filter(lane -> stands(lane, status))
          .ifPresent(
              lane -> {
                now.add(lane.queue);
                watch(lane, status.oldestReady().compareTo(STALL) > 0);
              });
    }
    still.keySet().retainAll(now);
    longest = still.values().stream().mapToLong(one -> looked - one.since).max().orElse(0);
  }

  /** A queue where nobody takes is one where somebody could. */
  private boolean stands(Lane lane, QueueStatus status) {
    return !status.oldestReady().isZero()
        && status.mode() != Mode.PAUSED
        && lane.hasRoom()
        && !dispatcher.runsSuspect();
  }

  /**
   * @param waited whether a job has been ready for long: others may just be faster to take them
   */
  private void watch(Lane lane, boolean waited) {
    Standstill one = still.get(lane.queue);
    if (one == null || one.taken != lane.taken()) {
      still.put(lane.queue, new Standstill(lane.taken(), looked));
    } else if (waited && looked - one.restarted > STALL.toNanos()) {
      one.restarted = looked;
      one.alarming = true;
      parts.meters().restarted();
      LOG.error(
          "jobs: queue {} has ready jobs and free places, and none was taken for {} s; it is"
              + " started again",
          lane.queue,
          TimeUnit.NANOSECONDS.toSeconds(looked - one.since));
      lane.restart();
    }
  }

  /** What is wrong, for people; empty: nothing. */
  List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    long now = System.nanoTime();
    if (now - looked > STALL.toNanos()) {
      troubles.add("stalled: the store does not answer");
    }
    new TreeMap<>(still)
        .forEach(
            (queue, one) -> {
              if (one.alarming) {
                troubles.add("stalled: queue " + queue + " is not worked on");
              }
            });
    return troubles;
  }
}
