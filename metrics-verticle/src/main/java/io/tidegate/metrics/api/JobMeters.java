package io.tidegate.metrics.api;

import java.util.function.DoubleSupplier;

/** What is counted of jobs. From any thread, without waiting. */
public interface JobMeters {
  /** Counts nothing. */
  JobMeters NONE = new Uncounted();

  /** Counts by meters of the usual kind, under names that begin with {@code tidegate_job}. */
  static JobMeters on(Meters meters) {
    return new CountedJobs(meters);
  }

  /** Meters of a queue; asked for once, when the queue is set up. */
  QueueMeters queue(String name);

  /**
   * A commit of the store.
   *
   * @param steps that shared it
   * @param nanos that it took, until it was durable
   */
  void committed(int steps, long nanos);

  /** An outcome came whose lease was lost: it was not written. */
  void stale();

  /** Bytes of the store's log that are not yet in its file. */
  void walBytes(DoubleSupplier bytes);

  /** Bytes left on the store's disk. */
  void diskFree(DoubleSupplier bytes);

  /** Seconds since a job was taken although jobs were ready and there was a free place. */
  void idle(DoubleSupplier seconds);

  /** Leases ran out. */
  void leaseExpired(int jobs);

  /** The consumer stood still and was started again. */
  void restarted();

  /** What is counted of one queue. */
  interface QueueMeters {
    /** A job was accepted. */
    void enqueued();

    /** A call that was under way became a job. */
    void promoted();

    /**
     * No job was accepted.
     *
     * @param reason label of a {@code Submission.Reason}
     */
    void refused(String reason);

    /**
     * A job is over.
     *
     * @param state its label
     */
    void finished(String state);

    /**
     * A run is over.
     *
     * @param outcome {@code succeeded}, {@code failed}, {@code retry}, {@code deferred} or {@code
     *     released}
     * @param waitNanos from the time it was ready to its start
     * @param runNanos from its start to its end
     */
    void ran(String outcome, long waitNanos, long runNanos, TraceContext trace);

    /**
     * A job is dead.
     *
     * @param reason {@code exhausted} or {@code poison}
     */
    void dead(String reason);

    /** Jobs were put back by an operator. */
    void requeued(int jobs);

    /** Jobs of a state, as when last looked at. */
    void depth(String state, DoubleSupplier jobs);

    /** For how long the oldest ready job has been waiting, as when last looked at. */
    void oldestReady(DoubleSupplier seconds);
  }
}
