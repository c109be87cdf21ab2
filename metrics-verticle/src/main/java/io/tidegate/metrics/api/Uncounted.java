package io.tidegate.metrics.api;

import java.util.function.DoubleSupplier;

/** Meters of jobs where nobody looks. */
final class Uncounted implements JobMeters, JobMeters.QueueMeters {
  @Override
  public QueueMeters queue(String name) {
    return this;
  }

  @Override
  public void committed(int steps, long nanos) {}

  @Override
  public void stale() {}

  @Override
  public void walBytes(DoubleSupplier bytes) {}

  @Override
  public void diskFree(DoubleSupplier bytes) {}

  @Override
  public void idle(DoubleSupplier seconds) {}

  @Override
  public void restarted() {}

  @Override
  public void enqueued() {}

  @Override
  public void promoted() {}

  @Override
  public void refused(String reason) {}

  @Override
  public void finished(String state) {}

  @Override
  public void ran(String outcome, long waitNanos, long runNanos, TraceContext trace) {}

  @Override
  public void leaseExpired(int jobs) {}

  @Override
  public void dead(String reason) {}

  @Override
  public void requeued(int jobs) {}

  @Override
  public void depth(String state, DoubleSupplier jobs) {}

  @Override
  public void oldestReady(DoubleSupplier seconds) {}
}
