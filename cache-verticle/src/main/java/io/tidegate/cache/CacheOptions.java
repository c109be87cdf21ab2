package io.tidegate.cache;

import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * How much a node remembers, and whether it shares that with others.
 *
 * @param memoryBytes of heap that stored responses take, all they hold included; at least 1 MiB
 * @param redis the tier behind memory, shared by all nodes that name the same
 */
public record CacheOptions(long memoryBytes, Optional<RedisTier> redis) {
  /** 256 MiB, nothing shared. */
  public static final CacheOptions DEFAULTS = new CacheOptions(256L << 20, Optional.empty());

  private static final long LEAST = 1 << 20;

  /**
   * A store in Redis 6.2 or newer, or what speaks like it. A node keeps one connection to it, and
   * shares bodies of up to 1 MiB.
   *
   * @param server where it is; not changed afterwards
   * @param timeout of one command; one that takes longer is a miss, and costs the connection
   * @param namespace with which all keys begin
   */
  public record RedisTier(RedisOptions server, Duration timeout, String namespace) {
    /** Of one command, unless told otherwise. */
    public static final Duration TIMEOUT = Duration.ofMillis(50);

    /** Of all keys, unless told otherwise. */
    public static final String NAMESPACE = "tidegate:cache";

    public RedisTier {
      server = new RedisOptions(server);
      if (timeout.compareTo(Duration.ofMillis(1)) < 0
          || timeout.compareTo(Duration.ofSeconds(10)) > 0) {
        throw new IllegalArgumentException(
            "stores.redis.timeout: " + timeout + " (expected: 1ms to 10s)");
      }
      if (namespace.isEmpty() || namespace.indexOf('{') >= 0) {
        throw new IllegalArgumentException(
            "stores.cache.namespace: " + namespace + " (expected: text without braces)");
      }
    }
  }

  public CacheOptions {
    if (memoryBytes < LEAST) {
      throw new IllegalArgumentException(
          "stores.cache.memory: " + memoryBytes + " (expected: at least 1MiB)");
    }
  }
}
