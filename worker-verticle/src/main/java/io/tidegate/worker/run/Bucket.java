package io.tidegate.worker.run;

import io.tidegate.worker.api.RatePlan;
import java.util.Optional;

/** How many jobs a rate lets start now: a token bucket that begins full. */
final class Bucket {
  private final double perNano;
  private final double most;
  private double tokens;
  private long last;

  /**
   * @param rate empty: no limit
   * @param nanos now
   */
  Bucket(Optional<RatePlan> rate, long nanos) {
    perNano = rate.map(plan -> plan.count() / (double) plan.per().toNanos()).orElse(0.0);
    most = rate.map(plan -> (double) plan.count()).orElse(Double.MAX_VALUE);
    tokens = most;
    last = nanos;
  }

  /** Another rate from now on: a new one must not be a second burst. */
  Bucket at(Optional<RatePlan> rate, long nanos) {
    Bucket next = new Bucket(rate, nanos);
    if (limited() && next.limited()) {
      available(nanos);
      next.tokens = Math.min(next.most, tokens);
    }
    return next;
  }

  private boolean limited() {
    return perNano > 0;
  }

  /** How many may start. */
  int available(long nanos) {
    if (!limited()) {
      return Integer.MAX_VALUE;
    }
    tokens = Math.min(most, tokens + (nanos - last) * perNano);
    last = nanos;
    return (int) tokens;
  }

  void take(int jobs) {
    if (limited()) {
      tokens -= jobs;
    }
  }

  /** Until the next one may start, in milliseconds, at least 1. */
  long millisToNext() {
    double missing = 1 - tokens;
    return limited() ? Math.max(1, (long) Math.ceil(missing / perNano / 1e6)) : 1;
  }
}
