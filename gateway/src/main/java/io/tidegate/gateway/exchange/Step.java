package io.tidegate.gateway.exchange;

import io.vertx.core.Future;

/**
 * One stage of a route's pipeline; a policy is a step around the next one. The future never fails
 * for an expected end: that is a {@link Reply.Failed}. Runs and completes on the exchange's event
 * loop.
 *
 * @param <T> {@link Exchange} for the stages around all attempts, {@link Attempt} for those around
 *     one
 */
@FunctionalInterface
public interface Step<T> {
  Future<Reply> apply(T subject);
}
