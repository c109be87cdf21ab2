package io.tidegate.cache.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of bodies on their way into the store, all event loops together: many large answers at once
 * must not take more of the heap than the store itself was given.
 */
public final class FillBudget {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  public FillBudget(long limit) {
    this.limit = limit;
  }

  /** Whether there was room; then it is to be given back. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= limit) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
