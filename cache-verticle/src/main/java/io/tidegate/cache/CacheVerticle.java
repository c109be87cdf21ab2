package io.tidegate.cache;

import io.tidegate.cache.api.ResponseCache;
import io.tidegate.cache.redis.RedisShared;
import io.tidegate.cache.store.Desk;
import io.tidegate.cache.store.FillBudget;
import io.tidegate.cache.store.Front;
import io.tidegate.cache.store.Memory;
import io.tidegate.cache.store.NodeCache;
import io.tidegate.cache.store.Parts;
import io.tidegate.cache.store.Purges;
import io.tidegate.cache.store.SharedTier;
import io.tidegate.metrics.api.CacheMeters;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;

/** Puts this node's cache on the bus. One per node. */
public final class CacheVerticle extends VerticleBase {
  /** Of the memory tier, what bodies may take that are on their way into it. */
  private static final int FILL_SHARE = 4;

  private final CacheOptions options;
  private final CacheMeters meters;
  private ResponseCache cache;
  private Desk desk;
  private RedisShared redis;

  private CacheVerticle(CacheOptions options, CacheMeters meters) {
    this.options = options;
    this.meters = meters;
  }

  /** Deploys a node's cache; completes with what its request paths use, on any event loop. */
  public static Future<ResponseCache> deploy(
      Vertx vertx, CacheOptions options, CacheMeters meters) {
    var verticle = new CacheVerticle(options, meters);
    return vertx.deployVerticle(verticle).map(id -> verticle.cache);
  }

  @Override
  public Future<?> start() {
    var purges = new Purges();
    var memory = new Memory(options.memoryBytes(), purges, System::currentTimeMillis, meters);
    SharedTier shared = shared();
    var parts =
        new Parts(
            vertx,
            context,
            memory,
            purges,
            shared,
            new FillBudget(options.memoryBytes() / FILL_SHARE),
            System::currentTimeMillis,
            Parts.Limits.DEFAULTS);
    var front = new Front(parts);
    cache = new NodeCache(front);
    desk = new Desk(front, meters);
    return desk.open().onSuccess(open -> connect());
  }

  private SharedTier shared() {
    if (options.redis().isEmpty()) {
      return SharedTier.NONE;
    }
    redis =
        new RedisShared(
            vertx,
            options.redis().get(),
            meters,
            System::currentTimeMillis,
            order -> desk.ordered(order));
    return redis;
  }

  private void connect() {
    if (redis != null) {
      redis.open();
    }
  }

  @Override
  public Future<?> stop() {
    if (redis != null) {
      redis.close();
    }
    return Future.succeededFuture();
  }
}
