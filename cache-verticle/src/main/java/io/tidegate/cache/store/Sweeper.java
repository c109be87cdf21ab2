package io.tidegate.cache.store;

import io.tidegate.cache.api.PurgeOrder;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries out orders to forget. They hold at once; the memory is freed on a worker thread, by one
 * search at a time for all that have come meanwhile. On the verticle's event loop.
 */
final class Sweeper {
  private record Task(PurgeOrder order, Promise<Long> promise) {}

  private final Vertx vertx;
  private final Memory memory;
  private final Purges purges;
  private List<Task> next = new ArrayList<>();
  private boolean busy;

  Sweeper(Vertx vertx, Memory memory, Purges purges) {
    this.vertx = vertx;
    this.memory = memory;
    this.purges = purges;
  }

  /** Completes with how many responses it named, when they are gone. */
  Future<Long> carryOut(PurgeOrder order) {
    purges.add(order);
    var task = new Task(order, Promise.promise());
    next.add(task);
    if (!busy) {
      sweep();
    }
    return task.promise.future();
  }

  private void sweep() {
    List<Task> now = next;
    next = new ArrayList<>();
    busy = true;
    long number = purges.generation();
    boolean settles = purges.isFilling();
    List<PurgeOrder> orders = new ArrayList<>(now.size());
    now.forEach(task -> orders.add(task.order));
    vertx
        .executeBlocking(() -> memory.sweep(orders, settles), false)
        .onComplete(
            swept -> {
              busy = false;
              if (swept.succeeded() && settles) {
                purges.settle(number);
              }
              for (int i = 0; i < now.size(); i++) {
                now.get(i).promise.complete(swept.succeeded() ? swept.result()[i] : 0L);
              }
              if (!next.isEmpty()) {
                sweep();
              }
            });
  }
}
