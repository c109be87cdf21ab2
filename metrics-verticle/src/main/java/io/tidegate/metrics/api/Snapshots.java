package io.tidegate.metrics.api;

import io.vertx.core.Future;

/** Answers with what is going on now. */
@FunctionalInterface
public interface Snapshots {
  /** Fails when nobody answers within a second. */
  Future<MetricsSnapshot> take();
}
