package io.tidegate.cache.store;

import io.tidegate.cache.api.CacheBus;
import io.tidegate.cache.api.CacheQuery;
import io.tidegate.cache.api.Lease;
import io.tidegate.cache.api.PurgeOrder;
import io.tidegate.cache.api.Verdict;
import io.tidegate.metrics.api.CacheMeters;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the verticle answers: leases, purges, and the news of other nodes. On its event loop. */
public final class Desk implements CacheBus.Desk {
  private static final long REPEAT_MILLIS = 5_000;

  private final Parts parts;
  private final CacheMeters meters;
  private final Leases leases;
  private final Sweeper sweeper;
  private final News news = new News();

  public Desk(Front front, CacheMeters meters) {
    this.parts = front.parts();
    this.meters = meters;
    this.leases = new Leases(front);
    this.sweeper = new Sweeper(parts.vertx(), parts.memory(), parts.purges());
  }

  /** Begins to answer, and to listen. */
  public Future<Void> open() {
    if (parts.vertx().isClustered()) {
      parts.vertx().setPeriodic(REPEAT_MILLIS, fired -> repeat());
    }
    return CacheBus.serve(parts.vertx().eventBus(), this)
        .compose(served -> CacheBus.listen(parts.vertx().eventBus(), this::hear));
  }

  private void repeat() {
    JsonObject message = news.repeated();
    if (message != null) {
      tell(message);
    }
  }

  private void tell(JsonObject message) {
    CacheBus.publish(parts.vertx().eventBus(), message);
  }

  private void hear(JsonObject message) {
    news.changedIn(message).forEach(parts.memory()::changed);
    news.newIn(message).forEach(sweeper::carryOut);
  }

  @Override
  public Future<Verdict> ask(CacheQuery query) {
    return leases.ask(query);
  }

  @Override
  public Future<Optional<Lease>> refresh(CacheQuery query) {
    return leases.refresh(query);
  }

  @Override
  public Future<Long> purge(PurgeOrder order) {
    Future<Long> count = sweeper.carryOut(order);
    meters.purged(order.kind().name().toLowerCase(Locale.ROOT));
    parts.shared().purge(order);
    tell(news.of(order));
    return count;
  }

  /** An order that came by the shared tier. */
  public void ordered(PurgeOrder order) {
    sweeper.carryOut(order);
  }

  @Override
  public void changed(List<String> keys) {
    keys.forEach(parts.shared()::delete);
    tell(news.changed(keys));
  }
}
