package io.tidegate.worker.run;

import io.tidegate.worker.api.JobProgress;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.store.Leased;
import java.time.Instant;

/** A job that is being run. Confined to the engine's context. */
final class Flight {
  final Leased job;
  final Lane lane;
  final Instant started;
  final long startedNanos;
  long timer = -1;

  /** When whoever runs it on another node was heard of; 0 when it runs here. */
  long beat;

  /** What it said last of how far it is; null: nothing. */
  JobProgress progress;

  /** The run is over, or given up; its end may still have to be written. */
  boolean landed;

  Flight(Leased job, Lane lane, Instant started, long startedNanos) {
    this.job = job;
    this.lane = lane;
    this.started = started;
    this.startedNanos = startedNanos;
  }

  Lease lease() {
    return job.lease();
  }
}
