package io.tidegate.worker.run;

import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.JobMeters;
import io.tidegate.worker.api.Handlers;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.store.JobStore;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/**
 * What the engine is made of.
 *
 * @param context everything runs on it
 * @param worker name of this process among all that ever ran jobs: new with each start
 */
public record Parts(
    Vertx vertx,
    Context context,
    JobStore store,
    Handlers handlers,
    Settings settings,
    JobMeters meters,
    Events events,
    InstantSource clock,
    String worker) {

  /** What is in force now. */
  JobsOptions options() {
    return settings.current();
  }
}
