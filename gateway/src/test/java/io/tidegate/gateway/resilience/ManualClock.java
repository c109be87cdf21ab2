package io.tidegate.gateway.resilience;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Time that passes when told to. Starts near overflow, as {@code System.nanoTime} may. */
final class ManualClock implements LongSupplier {
  private volatile long nanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);

  @Override
  public long getAsLong() {
    return nanos;
  }

  void advanceNanos(long by) {
    nanos += by;
  }

  void advanceMillis(long by) {
    advanceNanos(TimeUnit.MILLISECONDS.toNanos(by));
  }
}
