package io.tidegate.worker.api;

import io.vertx.core.Future;
import java.util.List;

/** Does jobs. Called on the context that {@link WorkerBus#perform} was called on; never blocks. */
@FunctionalInterface
public interface Performer {
  /**
   * Does one job. A failed future, or an exception, counts as a failed attempt that may be tried
   * again.
   */
  Future<Outcome> perform(Run run);

  /**
   * Does several jobs of one route, where the queue has a {@link BatchPlan}; one by one unless
   * overridden.
   *
   * @return an outcome for each run, in their order
   */
  default Future<List<Outcome>> performAll(List<Run> runs) {
    List<Future<Outcome>> all = runs.stream().map(this::settled).toList();
    return Future.all(all).map(done -> done.<Outcome>list());
  }

  private Future<Outcome> settled(Run run) {
    return Future.succeededFuture()
        .compose(any -> perform(run))
        .otherwise(failure -> Outcome.retry("error", String.valueOf(failure.getMessage())));
  }
}
