package io.tidegate.worker.api;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All of a node's jobs.
 *
 * @param store where they are kept
 * @param queues by name
 * @param lease how long a runner may be silent before its job is given to another, 5 s to 10 min;
 *     renewed each third of it
 * @param grace how long a stop waits for running jobs before it gives them back, up to 10 min
 */
public record JobsOptions(
    StoreOptions store, Map<String, QueueOptions> queues, Duration lease, Duration grace) {
  public static final Duration LEASE = Duration.ofSeconds(30);
  public static final Duration GRACE = Duration.ofSeconds(25);

  /** Where callbacks wait. Exists whether it is configured or not. */
  public static final String CALLBACKS = "callbacks";

  /** A day or three of patience: whoever is to be told may be away over a weekend. */
  private static final QueueOptions TELLING =
      new QueueOptions(
          16,
          Optional.empty(),
          // The call has a shorter time of its own, after which it keeps to its schedule.
          Duration.ofMinutes(5),
          Duration.ofDays(7),
          Duration.ofMinutes(1),
          new RetryPlan(
              10,
              new BackoffPlan(
                  Duration.ofSeconds(5), Duration.ofHours(24), BackoffPlan.Jitter.NONE)),
          AdmissionPlan.DEFAULTS,
          KeepPlan.DEFAULTS,
          BatchPlan.NONE,
          QueueOptions.PERFORM,
          List.of());

  public JobsOptions {
    Map<String, QueueOptions> all = new HashMap<>(queues);
    all.putIfAbsent(CALLBACKS, TELLING);
    queues = Map.copyOf(all);
    if (lease.compareTo(Duration.ofSeconds(5)) < 0 || lease.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException("lease: " + lease + " (expected: 5s to 10m)");
    }
    if (grace.isNegative() || grace.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new IllegalArgumentException("grace: " + grace + " (expected: 0s to 10m)");
    }
    for (String queue : queues.keySet()) {
      if (!queue.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
        throw new IllegalArgumentException(
            "queues: '"
                + queue
                + "' (expected: up to 64 letters, digits, dots, dashes or underscores)");
      }
    }
  }

  public JobsOptions withQueues(Map<String, QueueOptions> others) {
    return new JobsOptions(store, others, lease, grace);
  }

  public JobsOptions withStore(StoreOptions other) {
    return new JobsOptions(other, queues, lease, grace);
  }

  /** On the usual terms. */
  public JobsOptions(StoreOptions store, Map<String, QueueOptions> queues) {
    this(store, queues, LEASE, GRACE);
  }
}
