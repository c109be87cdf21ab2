package io.tidegate.gateway.resilience;

import java.util.Set;

/**
 * Which ends of an attempt a policy reacts to: kinds of failure, and response statuses.
 *
 * @param statuses single statuses; a class such as {@code 5xx} arrives here written out
 */
public record Conditions(Set<Kind> kinds, Set<Integer> statuses) {
  /** A kind of failure as written in the file. */
  public enum Kind {
    /** No connection could be made: nothing was sent. */
    CONNECT,
    /** The connection ended before the answer did. */
    RESET,
    /** No answer in time. */
    TIMEOUT,
    /** HTTP/2 REFUSED_STREAM or GOAWAY: the peer says that it did nothing. */
    REFUSED_STREAM,
    /** The breaker is open or no endpoint is healthy. */
    BREAKER,
    /** Bulkhead, pool or shedding refused the call here. */
    OVERLOAD
  }

  public Conditions {
    kinds = Set.copyOf(kinds);
    statuses = Set.copyOf(statuses);
  }
}
