package io.tidegate.gateway.rehearsal;

import java.util.HashMap;
import java.util.Map;

/**
 * What really reached the upstreams of one route in one scenario. Used on one event loop.
 *
 * <p>Written by the upstreams, not by the gateway: a gateway cannot flatter itself here.
 */
final class Ledger {
  private final Map<String, Integer> seen = new HashMap<>();
  private long attempts;
  private long duplicates;

  /** Notes that request {@code id} was read to its end. */
  void received(String id, boolean repeatable) {
    attempts++;
    int times = seen.merge(id, 1, Integer::sum);
    if (times > 1 && !repeatable) {
      duplicates++;
    }
  }

  /** Requests read, those of health checks aside. */
  long attempts() {
    return attempts;
  }

  /** Requests that must not be made twice and were, each repetition counted. */
  long duplicates() {
    return duplicates;
  }
}
