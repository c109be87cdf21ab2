package io.tidegate.gateway.resilience;

import java.time.Duration;

/**
 * When one endpoint of several is left out for a while because it alone fails.
 *
 * @param failures consecutive failures of the endpoint
 * @param eject how long, times the number of ejections in a row, up to {@code maxEject}
 * @param maxEjected share of the endpoints that may be out at once, 0 to 1; never the last one
 */
public record OutlierOptions(int failures, Duration eject, Duration maxEject, double maxEjected) {
  public static final OutlierOptions DEFAULTS =
      new OutlierOptions(5, Duration.ofSeconds(10), Duration.ofMinutes(5), 0.5);

  /** Never ejects. */
  public static final OutlierOptions OFF =
      new OutlierOptions(Integer.MAX_VALUE, DEFAULTS.eject, DEFAULTS.maxEject, 0);

  /** Whether no endpoint is ever ejected. */
  public boolean isOff() {
    return maxEjected == 0;
  }
}
