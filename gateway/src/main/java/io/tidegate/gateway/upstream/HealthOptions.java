package io.tidegate.gateway.upstream;

import java.time.Duration;
import java.util.Set;

/**
 * Active health checks.
 *
 * @param healthy consecutive passes until an endpoint is taken back
 * @param unhealthy consecutive failures until it is left out
 * @param expect statuses that pass
 */
public record HealthOptions(
    String path,
    Duration interval,
    Duration timeout,
    int healthy,
    int unhealthy,
    Set<Integer> expect) {
  public HealthOptions {
    expect = Set.copyOf(expect);
  }
}
