package io.tidegate.worker;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.run.Engine;
import io.tidegate.worker.run.Parts;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.redis.RedisJobStore;
import io.tidegate.worker.store.sqlite.SqliteStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.function.Function;

/**
 * Puts this node's jobs on the bus: keeps them, has them done, and answers for them. One per node.
 * Undeploying it waits for running jobs as long as {@link JobsOptions#grace} says.
 */
public final class WorkerVerticle extends VerticleBase {
  private final JobsOptions options;
  private final JobMeters meters;
  private final Events events;
  private final Function<Vertx, JobStore> stores;
  private final List<BlockingHandler> blocking = new ArrayList<>();
  private JobStore store;
  private Engine engine;

  /**
   * @param events where dead jobs are reported
   */
  public WorkerVerticle(JobsOptions options, JobMeters meters, Events events) {
    this(options, meters, events, vertx -> store(vertx, options.store(), meters));
  }

  /** With a store of one's own. */
  WorkerVerticle(
      JobsOptions options, JobMeters meters, Events events, Function<Vertx, JobStore> stores) {
    this.options = options;
    this.meters = meters;
    this.events = events;
    this.stores = stores;
  }

  private static JobStore store(Vertx vertx, StoreOptions options, JobMeters meters) {
    if (options instanceof StoreOptions.Embedded embedded) {
      return new SqliteStore(vertx, embedded, meters);
    }
    if (options instanceof StoreOptions.Redis redis) {
      return new RedisJobStore(redis, meters);
    }
    throw new AssertionError("unhandled store: " + options);
  }

  @Override
  public Future<?> start() {
    store = stores.apply(vertx);
    // Unlike the node's name, new with each start: an earlier self is somebody else.
    String worker = UUID.randomUUID().toString();
    engine =
        new Engine(
            new Parts(
                vertx,
                context,
                store,
                WorkerBus.handlers(vertx),
                options,
                meters,
                events,
                InstantSource.system(),
                worker));
    return store
        .open()
        .compose(opened -> handlers())
        .compose(served -> engine.start())
        .compose(started -> WorkerBus.serve(vertx, engine))
        .recover(failure -> store.close().transform(closed -> Future.failedFuture(failure)));
  }

  private Future<?> handlers() {
    List<Future<Void>> served = new ArrayList<>();
    for (JobHandler handler : ServiceLoader.load(JobHandler.class)) {
      BlockingHandler one = new BlockingHandler(vertx, handler);
      blocking.add(one);
      served.add(WorkerBus.perform(vertx, JobHandler.address(handler.name()), one));
    }
    return Future.all(served);
  }

  @Override
  public Future<?> stop() {
    return engine
        .stop()
        .onComplete(any -> blocking.forEach(BlockingHandler::close))
        .eventually(() -> store.close());
  }
}
