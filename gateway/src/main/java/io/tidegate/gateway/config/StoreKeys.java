package io.tidegate.gateway.config;

import io.tidegate.gateway.StoresOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/** Keys of {@code stores}: what is kept, and where. */
final class StoreKeys {
  private static final String URL = "a URL such as redis://127.0.0.1:6379 or rediss://host:6379/1";
  private static final long TIB = 1L << 40;

  private static final Section REDIS =
      new Section("stores-redis", "A Redis server that several nodes share.")
          .required(
              "url",
              ListShape.of(
                      Shapes.text(
                          URL, "rediss?://[^/?#@\\s]+(/[0-9]{0,3})?", StoreKeys::isRedisAddress))
                  .atLeastOne(),
              "Where it is; several for sentinel, cluster and replication.")
          .key(
              "user",
              Shapes.text("a name of visible ASCII without spaces", "[!-~]*"),
              "User of Redis' access control list; default: the default user.",
              "")
          .key(
              "password",
              Shapes.text("visible ASCII without spaces", "[!-~]*").secret(),
              "Empty: none is sent.")
          .key("tls", Shapes.FLAG, "Encrypt; rediss:// does so as well.", false)
          .key(
              "mode",
              Shapes.constants(StoresOptions.Redis.Mode.class),
              "How several Redis nodes work together.",
              StoresOptions.Redis.Mode.STANDALONE)
          .key(
              "master",
              Shapes.text("a name", "[!-~]+"),
              "Name of the master that sentinels are asked for.",
              StoresOptions.Redis.MASTER)
          .key("pool", Shapes.whole(1, 1024), "Connections, at most.", StoresOptions.Redis.POOL)
          .key(
              "timeout",
              Shapes.time(),
              "Until an answer; what takes longer counts as failed.",
              StoresOptions.Redis.TIMEOUT);

  private static final Section CACHE =
      new Section("stores-cache", "Where responses are kept that routes with cache remember.")
          .key(
              "memory",
              Shapes.size(1 << 20, TIB),
              "Of the heap, keys and headers included; never more than half of the heap.",
              StoresOptions.Cache.DEFAULTS.memory())
          .key(
              "redis",
              Shapes.FLAG,
              "A second tier in stores.redis, shared by nodes and kept through restarts.",
              StoresOptions.Cache.DEFAULTS.redis())
          .key(
              "timeout",
              Shapes.duration(Duration.ofMillis(1), Duration.ofSeconds(10)),
              "Until Redis answers a look-up; what takes longer is a miss.",
              StoresOptions.Cache.DEFAULTS.timeout());

  static final Section STORES =
      new Section("stores", "What the node keeps, and where. Changes need a restart.")
          .key("redis", REDIS, "A Redis server; by default none is used.")
          .key("cache", CACHE, "Responses.")
          .key("jobs", OffloadKeys.STORE, "Jobs.");

  private StoreKeys() {}

  private static boolean isRedisAddress(String text) {
    try {
      URI uri = new URI(text);
      return uri.getHost() != null && uri.getPort() != 0 && uri.getPort() <= 65535;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
