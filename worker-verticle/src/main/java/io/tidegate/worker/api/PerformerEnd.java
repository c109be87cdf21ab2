package io.tidegate.worker.api;

import io.tidegate.worker.api.Messages.Abort;
import io.tidegate.worker.api.Messages.Beat;
import io.tidegate.worker.api.Messages.Deliveries;
import io.tidegate.worker.api.Messages.Outcomes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Does what comes to an address, and knows what it is doing. Confined to one context. */
final class PerformerEnd {
  private static final Duration BEAT = Duration.ofSeconds(3);

  private static final Duration NEWS = Duration.ofMillis(500);

  private final Vertx vertx;
  private final Performer performer;
  private final Map<Lease, Run> running = new HashMap<>();

  /** Those of {@link #running} whose engine is on another node, and has to hear of them. */
  private final Map<Lease, Run> remote = new HashMap<>();

  PerformerEnd(Vertx vertx, Performer performer) {
    this.vertx = vertx;
    this.performer = performer;
  }

  Future<Void> serve(String address) {
    vertx.setPeriodic(BEAT.toMillis(), timer -> beat());
    vertx.setPeriodic(NEWS.toMillis(), timer -> running.values().forEach(this::tell));
    return Future.all(
            vertx.eventBus().consumer(address, this::take).completion(),
            vertx
                .eventBus()
                .<Abort>consumer(WorkerBus.ABORT, message -> abort(message.body()))
                .completion())
        .mapEmpty();
  }

  private void take(Message<Deliveries> message) {
    Deliveries deliveries;
    try {
      deliveries = message.body(); // Read from the wire here, if it came over one.
    } catch (IllegalArgumentException fromANewerNode) {
      message.fail(500, fromANewerNode.getMessage());
      return;
    }
    List<Run> runs = deliveries.all().stream().map(Run::new).toList();
    note(runs, deliveries.remote());
    Future.succeededFuture()
        .compose(any -> outcomes(runs))
        .onComplete(any -> forget(runs))
        .onSuccess(all -> message.reply(new Outcomes(all), WorkerBus.ANYWHERE))
        .onFailure(failure -> message.fail(500, String.valueOf(failure.getMessage())));
  }

  private Future<List<Outcome>> outcomes(List<Run> runs) {
    // A single one, the usual case, goes without the detour over lists of futures.
    return runs.size() == 1
        ? performer.perform(runs.get(0)).map(List::of)
        : performer.performAll(runs);
  }

  private void note(List<Run> runs, boolean afar) {
    for (Run run : runs) {
      running.put(run.delivery().lease(), run);
      if (afar) {
        remote.put(run.delivery().lease(), run);
      }
    }
    if (afar) {
      beat();
    }
  }

  private void forget(List<Run> runs) {
    for (Run run : runs) {
      running.remove(run.delivery().lease());
      remote.remove(run.delivery().lease());
    }
  }

  private void abort(Abort message) {
    for (Lease lease : message.leases()) {
      Run run = running.get(lease);
      if (run != null) {
        run.abort();
      }
    }
  }

  private void tell(Run run) {
    JobProgress news = run.news();
    if (news != null) {
      var message = new Messages.Progress(run.delivery().lease(), news);
      vertx.eventBus().publish(WorkerBus.PROGRESS, message, WorkerBus.ANYWHERE);
    }
  }

  private void beat() {
    if (!remote.isEmpty()) {
      vertx
          .eventBus()
          .publish(WorkerBus.BEAT, new Beat(new ArrayList<>(remote.keySet())), WorkerBus.ANYWHERE);
    }
  }
}
