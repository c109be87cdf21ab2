package io.tidegate.worker.api;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How the wish for a job was answered. */
public sealed interface Submission {
  /**
   * There is a job, and it is kept as {@code durability} says.
   *
   * @param replayed it was there before: the same key or the same id came again
   * @param estimate when to ask for the result: a guess from recent jobs of the queue
   * @param lease present when it was asked to be running already and is not a replay
   */
  record Accepted(
      JobId id,
      String queue,
      JobState state,
      Instant created,
      Durability durability,
      boolean replayed,
      Duration estimate,
      Optional<Lease> lease)
      implements Submission {
    /** As told to somebody who does not run it. */
    public Accepted withoutLease() {
      return new Accepted(
          id, queue, state, created, durability, replayed, estimate, Optional.empty());
    }
  }

  /**
   * There is no job.
   *
   * @param detail for people
   * @param retryAfter when it may be worth asking again; zero when asking again does not help
   */
  record Refused(Reason reason, String detail, Duration retryAfter) implements Submission {}

  /** Why there is no job. */
  enum Reason {
    /** The same key came with another request before. */
    KEY_REUSED("key_reused"),
    /** No such queue is configured. */
    UNKNOWN_QUEUE("unknown_queue"),
    /** The body is over the queue's limit. */
    TOO_LARGE("too_large"),
    /** The deadline is not after the time it may be run. */
    TOO_LATE("too_late"),
    /** The queue holds as many jobs, or bytes, as it may. */
    QUEUE_FULL("queue_full"),
    /** The queue takes no more jobs: it is being emptied, or the node stops. */
    DRAINING("draining"),
    /** There is too little room on the disk. */
    DISK_LOW("disk_low"),
    /** The store does not answer, or is overloaded. */
    UNAVAILABLE("unavailable"),
    /** Another item of a batch that is all or nothing was refused. */
    BATCH_REFUSED("batch_refused");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    /** As written in metrics. */
    public String label() {
      return label;
    }
  }
}
