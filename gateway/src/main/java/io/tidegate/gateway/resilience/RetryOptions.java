package io.tidegate.gateway.resilience;

import java.util.Set;

/**
 * When and how a failed attempt is made again.
 *
 * @param attempts attempts in all, the first included; 1 to 10
 * @param on what is worth another attempt
 * @param methods methods that may be repeated although something was sent (RFC 9110 §9.2.2)
 * @param retryAfter whether an upstream's Retry-After is waited for, up to {@code backoff.max}
 * @param replayBuffer bytes of a request body kept for a further attempt, per request
 */
public record RetryOptions(
    int attempts,
    Conditions on,
    Set<String> methods,
    BackoffOptions backoff,
    boolean retryAfter,
    BudgetOptions budget,
    long replayBuffer) {
  public static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY");

  public static final RetryOptions DEFAULTS =
      new RetryOptions(
          2,
          new Conditions(
              Set.of(
                  Conditions.Kind.CONNECT,
                  Conditions.Kind.RESET,
                  Conditions.Kind.TIMEOUT,
                  Conditions.Kind.REFUSED_STREAM),
              Set.of(502, 503, 504)),
          IDEMPOTENT,
          BackoffOptions.DEFAULTS,
          true,
          BudgetOptions.DEFAULTS,
          64 * 1024);

  public RetryOptions {
    methods = Set.copyOf(methods);
  }

  /** These for a single attempt. */
  public RetryOptions once() {
    return new RetryOptions(1, on, methods, backoff, retryAfter, budget, replayBuffer);
  }
}
