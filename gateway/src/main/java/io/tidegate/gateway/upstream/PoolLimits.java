package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.Bulkhead;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls may hold a connection of an upstream, and how many connections there are, over all
 * event loops. It outlives a reload that leaves its options as they are.
 */
final class PoolLimits {
  private final PoolOptions options;
  private final boolean http2;
  private final Bulkhead slots;
  private final Parking parking = new Parking();
  private final AtomicInteger open = new AtomicInteger();

  PoolLimits(UpstreamOptions upstream) {
    this.options = upstream.pool();
    this.http2 = upstream.http2();
    int calls = http2 ? options.connections() * Upstream.STREAMS : options.connections();
    this.slots = new Bulkhead(calls, options.waiting(), options.maxWait());
  }

  boolean suit(UpstreamOptions wanted) {
    return options.equals(wanted.pool()) && http2 == wanted.http2();
  }

  Bulkhead slots() {
    return slots;
  }

  Parking parking() {
    return parking;
  }

  AtomicInteger open() {
    return open;
  }
}
