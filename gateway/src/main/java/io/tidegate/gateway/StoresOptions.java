package io.tidegate.gateway;

import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the node keeps, and where.
 *
 * @param redis empty: none is used
 */
public record StoresOptions(Optional<Redis> redis, Cache cache) {
  /** Memory only. */
  public static final StoresOptions DEFAULTS = new StoresOptions(Optional.empty(), Cache.DEFAULTS);

  /**
   * How Redis is reached.
   *
   * @param urls {@code redis://host:port/database}; several where the mode has several nodes
   * @param tls whether the connection is encrypted, also where the scheme does not say so
   * @param master name of the master that sentinels are asked for
   * @param pool connections at most
   * @param timeout until an answer; what takes longer counts as failed
   */
  public record Redis(
      List<String> urls,
      Optional<String> user,
      Optional<String> password,
      boolean tls,
      Mode mode,
      String master,
      int pool,
      Duration timeout) {
    /** Values of keys that are not written. */
    public static final String MASTER = "mymaster";

    public static final int POOL = 8;
    public static final Duration TIMEOUT = Duration.ofMillis(500);

    /** How several Redis nodes work together. */
    public enum Mode {
      STANDALONE,
      SENTINEL,
      CLUSTER,
      REPLICATION
    }

    public Redis {
      urls = List.copyOf(urls);
      if (urls.isEmpty()) {
        throw new IllegalArgumentException("stores.redis.url: none (expected: at least one)");
      }
      if (pool < 1) {
        throw new IllegalArgumentException("stores.redis.pool: " + pool + " (expected: >= 1)");
      }
    }

    /**
     * As the client of Redis takes it.
     *
     * @param poolName of the pool in metrics
     */
    public RedisOptions client(String poolName) {
      var options =
          new RedisOptions()
              .setType(RedisClientType.valueOf(mode.name()))
              .setMasterName(master)
              .setMaxPoolSize(pool)
              .setPoolName(poolName);
      urls.forEach(url -> options.addConnectionString(address(url)));
      password.ifPresent(options::setPassword);
      user.ifPresent(options::setUser);
      return options;
    }

    private String address(String url) {
      URI uri = URI.create(url);
      int port = uri.getPort() < 0 ? 6379 : uri.getPort();
      String scheme = tls ? "rediss" : uri.getScheme();
      String path = uri.getPath() == null ? "" : uri.getPath();
      return scheme + "://" + uri.getHost() + ":" + port + path;
    }

    /** Without the password. */
    @Override
    public String toString() {
      return mode + " " + urls;
    }
  }

  /**
   * Where responses are kept.
   *
   * @param memory bytes of the tier in memory, headers and keys included
   * @param redis whether there is a second tier in Redis
   * @param timeout until Redis answers; what takes longer is a miss
   */
  public record Cache(long memory, boolean redis, Duration timeout) {
    /** 256 MiB of memory, no Redis. */
    public static final Cache DEFAULTS = new Cache(256L << 20, false, Duration.ofMillis(50));

    public Cache {
      if (memory < 1 << 20) {
        throw new IllegalArgumentException(
            "stores.cache.memory: " + memory + " (expected: at least 1MiB)");
      }
    }
  }
}
