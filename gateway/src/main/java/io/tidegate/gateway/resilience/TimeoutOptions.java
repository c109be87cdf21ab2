package io.tidegate.gateway.resilience;

import java.time.Duration;

/**
 * How long a request may take.
 *
 * @param total from the request's head to the response's head, waits and retries included
 * @param attempt one attempt, from its start to the response's head
 * @param idle between two bytes of a body, either way
 */
public record TimeoutOptions(Duration total, Duration attempt, Duration idle) {
  public static final TimeoutOptions DEFAULTS =
      new TimeoutOptions(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(30));
}
