package io.tidegate.cache.store;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/**
 * What a node's cache is made of.
 *
 * @param context of the verticle, on which what nodes and requests agree on is kept
 * @param clock milliseconds since the epoch
 * @param limits how long to wait for whom
 */
public record Parts(
    Vertx vertx,
    Context context,
    Memory memory,
    Purges purges,
    SharedTier shared,
    FillBudget budget,
    LongSupplier clock,
    Limits limits) {
  /**
   * How long to wait for whom.
   *
   * @param leaseMillis until the head of an answer; then the next of those who wait calls too
   * @param waitMillis until one who waits makes a call of its own
   * @param passMillis how long nobody waits for a key whose answers are for one request each
   * @param waiters of one call at most; more make calls of their own
   */
  public record Limits(long leaseMillis, long waitMillis, long passMillis, int waiters) {
    /** A lease outlasts most calls, and a dead holder is not noticed for longer than a person. */
    public static final Limits DEFAULTS = new Limits(10_000, 20_000, 30_000, 10_000);
  }

  /** Milliseconds since the epoch. */
  long now() {
    return clock.getAsLong();
  }
}
