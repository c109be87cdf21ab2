package io.tidegate.worker;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.StoreOptions;
import io.tidegate.worker.api.WorkerBus;
import io.tidegate.worker.run.Engine;
import io.tidegate.worker.run.Parts;
import io.tidegate.worker.run.Settings;
import io.tidegate.worker.store.JobStore;
import io.tidegate.worker.store.redis.RedisJobStore;
import io.tidegate.worker.store.sqlite.SqliteStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
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
  private final InstantSource clock;
  private final List<BlockingHandler> blocking = new ArrayList<>();
  private Consumer<String> whenLost = why -> {};
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
    this(options, meters, events, stores, InstantSource.system());
  }

  /** With a store, and a clock for schedules, of one's own. */
  WorkerVerticle(
      JobsOptions options,
      JobMeters meters,
      Events events,
      Function<Vertx, JobStore> stores,
      InstantSource clock) {
    this.clock = clock;
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

  /**
   * What queues need and this process does not have, each as an error for people: handlers that
   * nobody put on the class path. Empty: nothing.
   */
  public static List<String> missing(JobsOptions options) {
    return UserHandlers.missing(options);
  }

  /**
   * Who is told, once and on any thread, when the store cannot be relied on any more, such as after
   * a failed write: this process should end then, since only another one can. Before it is
   * deployed.
   */
  public void onLost(Consumer<String> listener) {
    whenLost = listener;
  }

  @Override
  public Future<?> start() {
    List<String> missing = missing(options);
    if (!missing.isEmpty()) {
      return Future.failedFuture(String.join("; ", missing));
    }
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
                new Settings(options),
                meters,
                events,
                clock,
                worker));
    engine.onLost(whenLost);
    return store
        .open()
        .compose(opened -> handlers())
        .compose(served -> engine.start())
        .compose(started -> WorkerBus.serve(vertx, engine))
        .recover(failure -> store.close().transform(closed -> Future.failedFuture(failure)));
  }

  /**
   * Works on other terms from now on: queues come, go and change. What runs goes on as it began;
   * jobs of a queue that is gone stay in the store, and run when it is there again. From any
   * thread, once deployed.
   *
   * @return when they are in force; fails, and changes nothing, when the store is another one or a
   *     handler is missing
   */
  public Future<Void> configure(JobsOptions next) {
    if (!next.store().equals(options.store())) {
      return Future.failedFuture("stores.jobs: cannot be changed while jobs are kept in it");
    }
    List<String> missing = missing(next);
    if (!missing.isEmpty()) {
      return Future.failedFuture(String.join("; ", missing));
    }
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        here -> {
          engine.configure(next);
          done.complete();
        });
    return done.future();
  }

  private Future<?> handlers() {
    List<Future<Void>> served = new ArrayList<>();
    UserHandlers.all()
        .forEach(
            (name, handler) -> {
              BlockingHandler one = new BlockingHandler(vertx, name, handler);
              blocking.add(one);
              served.add(WorkerBus.perform(vertx, JobHandler.address(name), one));
            });
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
