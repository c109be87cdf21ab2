package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.store.StoreUnavailable;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server promises of what is written to it.
 *
 * @param durability what is reported
 * @param barrier said after each write, before it is answered
 */
record Safety(Durability durability, Barrier barrier) {
  private static final Logger LOG = LoggerFactory.getLogger(Safety.class);
  private static final String EVICTION = "noeviction";

  /** What makes Redis wait until a write is safe. */
  enum Barrier {
    /** It is as safe as it will be when it is answered. */
    NONE,
    /** Until its own disk has it. */
    DISK,
    /** Until a replica has it. */
    REPLICA;

    Request request(long millis) {
      return this == DISK
          ? Request.cmd(Command.create("waitaof")).arg(1).arg(0).arg(millis)
          : Request.cmd(Command.WAIT).arg(1).arg(millis);
    }

    /** Whether the answer says that it is. */
    boolean reached(Response answer) {
      return (this == DISK ? answer.get(0).toLong() : answer.toLong()) >= 1;
    }
  }

  /** What a server says of itself. */
  record Facts(
      int version, String eviction, boolean appends, String fsync, int replicas, boolean cluster) {
    private static final int OLDEST = 602;
    private static final int WAITS_FOR_DISK = 702;

    static Facts of(Map<String, String> info, String fsync, boolean cluster) {
      String[] parts = info.getOrDefault("redis_version", "0.0").split("\\.");
      return new Facts(
          Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]),
          info.getOrDefault("maxmemory_policy", EVICTION),
          info.getOrDefault("aof_enabled", "0").equals("1"),
          fsync,
          Integer.parseInt(info.getOrDefault("connected_slaves", "0")),
          cluster);
    }
  }

  /** Asks a server, and says what is to be expected of it. */
  static Future<Safety> of(RedisConnection server, StoreOptions.Redis options) {
    boolean cluster = options.server().getType() == RedisClientType.CLUSTER;
    return server
        .send(Request.cmd(Command.INFO))
        .compose(
            info ->
                server
                    .send(Request.cmd(Command.CONFIG).arg("GET").arg("appendfsync"))
                    .map(Safety::setting)
                    // Those who rent out a Redis hide this; then it is not counted upon.
                    .otherwise("")
                    .map(fsync -> Facts.of(lines(info), fsync, cluster)))
        .map(facts -> judge(facts, options.durability()));
  }

  private static String setting(Response answer) {
    if (answer.isMap()) {
      return answer.containsKey("appendfsync") ? answer.get("appendfsync").toString() : "";
    }
    return answer.size() == 2 ? answer.get(1).toString() : "";
  }

  private static Map<String, String> lines(Response info) {
    Map<String, String> found = new HashMap<>();
    for (String line : info.toString().split("\r?\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        found.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1));
      }
    }
    return found;
  }

  /**
   * @throws StoreUnavailable when jobs would not be safe there as asked for
   */
  static Safety judge(Facts facts, Durability asked) {
    if (facts.version < Facts.OLDEST) {
      throw refused(
          "redis_version", facts.version / 100 + "." + facts.version % 100, "6.2 or newer");
    }
    if (!facts.eviction.equals(EVICTION)) {
      throw refused("maxmemory-policy", facts.eviction, EVICTION + ": others delete jobs");
    }
    if (facts.appends && facts.fsync.equals("always")) {
      return new Safety(Durability.FSYNC, Barrier.NONE);
    }
    return switch (asked) {
      case FSYNC -> new Safety(Durability.FSYNC, disk(facts));
      case REPLICATED -> new Safety(Durability.REPLICATED, replica(facts));
      case OS -> loose(facts);
    };
  }

  private static Barrier disk(Facts facts) {
    if (!facts.appends) {
      throw refused("appendonly", "no", "yes, for stores.jobs.durability fsync");
    }
    if (facts.version < Facts.WAITS_FOR_DISK || facts.cluster) {
      throw refused(
          "appendfsync",
          facts.fsync.isEmpty() ? "unknown" : facts.fsync,
          "always, or a single Redis of 7.2 or newer, for stores.jobs.durability fsync");
    }
    return Barrier.DISK;
  }

  private static Barrier replica(Facts facts) {
    if (facts.replicas == 0 || facts.cluster) {
      throw refused(
          "connected_slaves",
          String.valueOf(facts.replicas),
          "at least 1, and no cluster, for stores.jobs.durability replicated");
    }
    return Barrier.REPLICA;
  }

  private static Safety loose(Facts facts) {
    if (!facts.appends) {
      LOG.warn(
          "jobs: Redis keeps no append-only file: accepted jobs are lost when it restarts"
              + " (expected: appendonly yes)");
    }
    return new Safety(Durability.OS, Barrier.NONE);
  }

  private static StoreUnavailable refused(String setting, String found, String expected) {
    return new StoreUnavailable(
        "redis: " + setting + ": " + found + " (expected: " + expected + ")", null);
  }

  /** Empty when a server is as good as the one before. */
  Optional<String> worseThan(Safety before) {
    return durability.compareTo(before.durability) > 0
        ? Optional.of("durability fell to " + durability.label())
        : Optional.empty();
  }
}
