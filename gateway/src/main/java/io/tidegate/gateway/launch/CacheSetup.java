package io.tidegate.gateway.launch;

import io.tidegate.cache.CacheOptions;
import io.tidegate.gateway.StoresOptions;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.URI;
import java.util.Optional;

/** What the file says of stores, as the cache takes it. */
final class CacheSetup {
  private CacheSetup() {}

  /**
   * @param heap bytes that the process may use at most; the cache gets half of it at most
   */
  static CacheOptions options(StoresOptions stores, long heap) {
    long memory = Math.max(1 << 20, Math.min(stores.cache().memory(), heap / 2));
    Optional<CacheOptions.RedisTier> tier =
        stores
            .redis()
            .filter(redis -> stores.cache().redis())
            .map(
                redis ->
                    new CacheOptions.RedisTier(
                        redis(redis), stores.cache().timeout(), CacheOptions.RedisTier.NAMESPACE));
    return new CacheOptions(memory, tier);
  }

  private static RedisOptions redis(StoresOptions.Redis redis) {
    var options =
        new RedisOptions()
            .setType(RedisClientType.valueOf(redis.mode().name()))
            .setMasterName(redis.master())
            .setMaxPoolSize(redis.pool())
            .setPoolName("cache");
    redis.urls().forEach(url -> options.addConnectionString(address(url, redis)));
    redis.password().ifPresent(options::setPassword);
    redis.user().ifPresent(options::setUser);
    return options;
  }

  private static String address(String url, StoresOptions.Redis redis) {
    URI uri = URI.create(url);
    int port = uri.getPort() < 0 ? 6379 : uri.getPort();
    String scheme = redis.tls() ? "rediss" : uri.getScheme();
    String path = uri.getPath() == null ? "" : uri.getPath();
    return scheme + "://" + uri.getHost() + ":" + port + path;
  }
}
