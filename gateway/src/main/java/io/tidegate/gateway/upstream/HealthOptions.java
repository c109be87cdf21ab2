package io.tidegate.gateway.upstream;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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
  public static final Duration INTERVAL = Duration.ofSeconds(5);
  public static final Duration TIMEOUT = Duration.ofSeconds(1);
  public static final int HEALTHY = 2;
  public static final int UNHEALTHY = 3;

  /** 200 to 299. */
  public static final Set<Integer> EXPECT =
      IntStream.range(200, 300).boxed().collect(Collectors.toUnmodifiableSet());

  public HealthOptions {
    expect = Set.copyOf(expect);
  }
}
