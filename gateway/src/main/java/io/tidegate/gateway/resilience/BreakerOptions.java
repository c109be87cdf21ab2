package io.tidegate.gateway.resilience;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * When a breaker opens and how it closes again (semantics of Polly and Resilience4j, joined).
 *
 * @param failures consecutive failures that open it
 * @param failureRate share of failed calls in the window that opens it, 0 to 1
 * @param slowCall a call at least this long counts as slow
 * @param slowRate share of slow calls in the window that opens it, 0 to 1
 * @param minCalls calls in the window below which no rate is judged
 * @param reset how long it stays open at first; doubles up to {@code resetMax} while probes fail
 * @param scope whom it stands for: all calls to the upstream, or those of one route
 * @param probes calls let through at once when half-open; all must succeed to close it
 */
public record BreakerOptions(
    OptionalInt failures,
    OptionalDouble failureRate,
    Optional<Duration> slowCall,
    double slowRate,
    Duration window,
    int minCalls,
    Duration reset,
    Duration resetMax,
    int probes,
    Scope scope) {
  /** Whose calls one breaker counts and stops. */
  public enum Scope {
    UPSTREAM,
    ROUTE
  }

  /** One breaker for all calls to the upstream. */
  public BreakerOptions(
      OptionalInt failures,
      OptionalDouble failureRate,
      Optional<Duration> slowCall,
      double slowRate,
      Duration window,
      int minCalls,
      Duration reset,
      Duration resetMax,
      int probes) {
    this(
        failures,
        failureRate,
        slowCall,
        slowRate,
        window,
        minCalls,
        reset,
        resetMax,
        probes,
        Scope.UPSTREAM);
  }

  public static final BreakerOptions DEFAULTS =
      new BreakerOptions(
          OptionalInt.empty(),
          OptionalDouble.of(0.5),
          Optional.empty(),
          0.8,
          Duration.ofSeconds(10),
          20,
          Duration.ofSeconds(5),
          Duration.ofMinutes(2),
          3);

  /** Never opens: nothing that it counts can be reached. */
  public static final BreakerOptions OFF =
      new BreakerOptions(
          OptionalInt.empty(),
          OptionalDouble.empty(),
          Optional.empty(),
          DEFAULTS.slowRate,
          DEFAULTS.window,
          DEFAULTS.minCalls,
          DEFAULTS.reset,
          DEFAULTS.resetMax,
          DEFAULTS.probes);

  /** Whether nothing opens it, so that it need not be there at all. */
  public boolean isOff() {
    return failures.isEmpty() && failureRate.isEmpty() && slowCall.isEmpty();
  }
}
