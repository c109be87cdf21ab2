package io.tidegate.gateway.resilience;

/**
 * A token bucket per key.
 *
 * @param permits tokens added per {@code seconds}
 * @param burst tokens at most
 * @param key whose tokens
 */
public record RateLimitOptions(long permits, long seconds, long burst, Key key, Scope scope) {
  /** Whom a bucket belongs to. */
  public sealed interface Key {
    /** The client's address. */
    record Ip() implements Key {}

    /** All requests of the route. */
    record Route() implements Key {}

    /** The value of a request header; requests without it share one bucket. */
    record Header(String name) implements Key {}
  }

  /** How far a bucket reaches. */
  public enum Scope {
    NODE,
    CLUSTER
  }
}
