package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;

/**
 * Calls that began at once and may have become jobs, on one event loop: what they share, and who of
 * them is to be broken off.
 *
 * @param adopted those that became jobs and are under way
 */
public record LiveCalls(
    Vertx vertx, Jobs jobs, JobRoutes routes, JobCalls calls, Map<Lease, Exchange> adopted) {

  /** None yet. */
  public LiveCalls(Vertx vertx, Jobs jobs, JobRoutes routes, JobCalls calls) {
    this(vertx, jobs, routes, calls, new HashMap<>());
  }

  /** Hears of runs that are to be broken off, from now on. */
  public Future<Void> open() {
    return WorkerBus.onAbort(
        vertx,
        lease -> {
          Exchange call = adopted.get(lease);
          if (call != null) {
            call.cancel();
          }
        });
  }
}
