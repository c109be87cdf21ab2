package io.tidegate.cache.store;

import io.tidegate.cache.api.CacheBus;
import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.ResponseCache;
import io.tidegate.cache.api.Verdict;
import io.tidegate.cache.freshness.Invalidation;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The cache as request paths use it: memory where they are, the verticle over the bus. */
public final class NodeCache implements ResponseCache {
  /** The bus gives up a little after those who wait have been let go. */
  private static final long BUS_MARGIN_MILLIS = 5_000;

  private final Parts parts;
  private final Front front;
  private final CacheBus.Desk desk;

  public NodeCache(Front front) {
    this.front = front;
    this.parts = front.parts();
    Parts.Limits limits = parts.limits();
    this.desk =
        CacheBus.client(
            parts.vertx().eventBus(),
            limits.waitMillis() + 2 * limits.leaseMillis() + BUS_MARGIN_MILLIS);
  }

  @Override
  public Verdict lookup(CacheQuery query) {
    return front.lookup(query);
  }

  @Override
  public Future<Verdict> ask(CacheQuery query) {
    return desk.ask(query).otherwise(away -> front.pass(query, "cache-away"));
  }

  @Override
  public Future<Optional<Lease>> refresh(CacheQuery query) {
    return desk.refresh(query).otherwise(Optional.empty());
  }

  @Override
  public Optional<Verdict.Serve> stale(CacheQuery query) {
    return front.stale(query);
  }

  @Override
  public void answered(CacheQuery query, int status, MultiMap headers) {
    Set<String> keys =
        Invalidation.keys(
            query.method(),
            query.scheme(),
            query.host(),
            query.path(),
            query.query(),
            status,
            headers,
            query.policy().key());
    if (!keys.isEmpty()) {
      keys.forEach(parts.memory()::changed); // Before its client can know that it is done.
      desk.changed(List.copyOf(keys));
    }
  }

  @Override
  public Future<Long> purge(PurgeOrder order) {
    return desk.purge(order);
  }

  @Override
  public String key(CacheQuery query) {
    return Rules.key(query);
  }
}
