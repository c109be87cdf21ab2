package io.tidegate.metrics.api;

import io.vertx.core.MultiMap;

/** A place in a trace, and what of it the next hop is told. */
public interface Span {
  /** For logs and exemplars. */
  TraceContext context();

  /**
   * Writes the trace fields of a request to the next hop: replaces what was copied from the client,
   * and removes what the config does not pass on.
   */
  void inject(MultiMap headers);
}
