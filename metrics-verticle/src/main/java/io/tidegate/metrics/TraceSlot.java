package io.tidegate.metrics;

import io.tidegate.metrics.api.TraceIds;
// The service's only method takes it; a slot has to be claimed before the first context is made.
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;

/** Claims the place of trace ids in every Vert.x context. Named in META-INF/services. */
public final class TraceSlot implements VertxServiceProvider {
  @Override
  public void init(VertxBootstrap builder) {
    TraceIds.register();
  }
}
