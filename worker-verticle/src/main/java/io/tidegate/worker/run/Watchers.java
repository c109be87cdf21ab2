package io.tidegate.worker.run;

import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.store.JobStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers about a job when it has changed. Confined to the engine's context. */
final class Watchers {
  private static final int MOST = 10_000;
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final JobStore store;
  private final Map<JobId, List<Promise<Void>>> waiting = new HashMap<>();
  private int count;

  Watchers(Vertx vertx, JobStore store) {
    this.vertx = vertx;
    this.store = store;
  }

  Future<JobLookup> get(JobId id, long beyond, Duration most) {
    if (most.isZero() || most.isNegative() || count >= MOST) {
      return store.get(id);
    }
    Promise<Void> news = Promise.promise();
    // Before the first look, so that no change falls between.
    waiting.computeIfAbsent(id, any -> new ArrayList<>(1)).add(news);
    count++;
    Duration patience = most.compareTo(LONGEST) > 0 ? LONGEST : most;
    return store
        .get(id)
        .compose(
            now -> settled(now, beyond) ? Future.succeededFuture(now) : later(id, news, patience))
        .onComplete(any -> leave(id, news));
  }

  /** Nothing more is to come, or it is news already. */
  private static boolean settled(JobLookup now, long beyond) {
    return !(now instanceof JobLookup.Found found)
        || found.status().version() != beyond
        || found.status().state().terminal();
  }

  private Future<JobLookup> later(JobId id, Promise<Void> news, Duration patience) {
    long timer = vertx.setTimer(patience.toMillis(), any -> news.tryComplete());
    return news.future().onComplete(any -> vertx.cancelTimer(timer)).compose(any -> store.get(id));
  }

  private void leave(JobId id, Promise<Void> news) {
    count--;
    List<Promise<Void>> same = waiting.get(id);
    if (same != null) {
      same.remove(news);
      if (same.isEmpty()) {
        waiting.remove(id);
      }
    }
  }

  /** A job changed. */
  void changed(JobId id) {
    List<Promise<Void>> all = waiting.isEmpty() ? null : waiting.remove(id);
    if (all != null) {
      all.forEach(Promise::tryComplete);
    }
  }
}
