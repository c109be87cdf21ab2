package io.tidegate.gateway.launch;

import io.tidegate.cache.CacheOptions;
import io.tidegate.gateway.StoresOptions;
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
                        redis.client("cache"),
                        stores.cache().timeout(),
                        CacheOptions.RedisTier.NAMESPACE));
    return new CacheOptions(memory, tier);
  }
}
