package io.tidegate.gateway.resilience;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Faults made on purpose, next to the call.
 *
 * @param onlyWith request headers that must be there, name to exact value; empty: all requests
 */
public record FaultOptions(
    Optional<Delay> delay,
    Optional<Abort> abort,
    Optional<Reset> reset,
    Map<String, String> onlyWith) {
  /** Waits before the call. {@code share}: of the requests, 0 to 1. */
  public record Delay(Duration time, double share) {}

  /** Answers {@code status} instead of calling. */
  public record Abort(int status, double share) {}

  /** Behaves as if the upstream had reset the connection. */
  public record Reset(double share) {}

  public FaultOptions {
    onlyWith = Map.copyOf(onlyWith);
  }
}
