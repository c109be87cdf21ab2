package io.tidegate.gateway.upstream;

/** How an endpoint is chosen. */
public sealed interface BalanceOptions {
  /** Two at random, the one with fewer calls in flight (weighted). */
  record PowerOfTwo() implements BalanceOptions {}

  record RoundRobin() implements BalanceOptions {}

  record LeastRequests() implements BalanceOptions {}

  record Random() implements BalanceOptions {}

  /** The same endpoint for the same value, as far as it is there. */
  record Hash(Source source, String name) implements BalanceOptions {
    /** Where the value is taken from; {@code name} is empty for IP and PATH. */
    public enum Source {
      HEADER,
      COOKIE,
      IP,
      PATH
    }
  }
}
