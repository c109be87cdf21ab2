package io.tidegate.worker.api;

import io.vertx.redis.client.RedisOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** Where jobs are kept. */
public sealed interface StoreOptions {
  /**
   * In files of this node, with nothing to install.
   *
   * @param path a folder, made when it is missing; one process at a time. Not on a network share
   * @param diskFloor bytes of free disk below which no more jobs are taken
   */
  record Embedded(Path path, long diskFloor) implements StoreOptions {
    public static final long FLOOR = 1L << 30;

    public Embedded {
      if (diskFloor < 0) {
        throw new IllegalArgumentException(
            "stores.jobs.disk-floor: " + diskFloor + " (expected: at least 0)");
      }
    }

    public Embedded(Path path) {
      this(path, FLOOR);
    }
  }

  /**
   * In a Redis server, 6.2 or newer, that all nodes share.
   *
   * @param server how it is reached; copied
   * @param timeout until an answer, 100 ms to 1 min; a connection that takes longer is given up
   * @param durability at least: what Redis cannot give is refused at the start. {@code FSYNC} needs
   *     an append-only file, and either {@code appendfsync always} or Redis 7.2
   * @param prefix of all keys, 1 to 64 letters, digits, dots, dashes, underscores or colons:
   *     gateways with the same one share their jobs
   */
  record Redis(RedisOptions server, Duration timeout, Durability durability, String prefix)
      implements StoreOptions {
    public static final Duration TIMEOUT = Duration.ofSeconds(2);
    public static final String PREFIX = "tidegate";

    public Redis {
      server = new RedisOptions(server);
      if (timeout.toMillis() < 100 || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException(
            "stores.redis.timeout: " + timeout + " (expected: 100ms to 1m)");
      }
      if (!prefix.matches("[A-Za-z0-9._:-]{1,64}")) {
        throw new IllegalArgumentException(
            "stores.jobs.prefix: '"
                + prefix
                + "' (expected: 1 to 64 letters, digits, dots, dashes, underscores or colons)");
      }
    }

    /** On the usual terms. */
    public Redis(RedisOptions server) {
      this(server, TIMEOUT, Durability.OS, PREFIX);
    }

    /** The client's options have no equality of their own. */
    @Override
    public boolean equals(Object other) {
      return other instanceof Redis that
          && server.toJson().equals(that.server.toJson())
          && timeout.equals(that.timeout)
          && durability == that.durability
          && prefix.equals(that.prefix);
    }

    @Override
    public int hashCode() {
      return Objects.hash(server.toJson(), timeout, durability, prefix);
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
      return "Redis[" + prefix + ", " + durability.label() + "]";
    }
  }
}
