package io.tidegate.worker.api;

import io.tidegate.worker.api.Messages.Deliveries;
import io.tidegate.worker.api.Messages.Outcomes;
import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/** Asks for outcomes over the bus. */
final class HandlersClient implements Handlers {
  /** The handler's own timeout comes first; this one is for a handler that is gone. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  /** Deployment order and rolling restarts leave an address empty for moments. */
  private static final Duration NOBODY = Duration.ofSeconds(1);

  private final EventBus bus;

  HandlersClient(EventBus bus) {
    this.bus = bus;
  }

  @Override
  public Future<List<Outcome>> perform(String address, List<Delivery> jobs) {
    Duration most = jobs.get(0).timeout().plus(SLACK);
    return bus.<Outcomes>request(
            address,
            new Deliveries(jobs, false),
            new DeliveryOptions(WorkerBus.ANYWHERE).setSendTimeout(most.toMillis()))
        .map(Message::body)
        .map(Outcomes::all)
        .map(all -> complete(all, jobs.size()))
        .otherwise(failure -> Collections.nCopies(jobs.size(), reading(failure)));
  }

  private static List<Outcome> complete(List<Outcome> all, int jobs) {
    if (all.size() != jobs) {
      throw new IllegalStateException("the handler gave " + all.size() + " outcomes for " + jobs);
    }
    return all;
  }

  private static Outcome reading(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof ReplyException reply) {
      if (reply.failureType() == ReplyFailure.NO_HANDLERS) {
        return new Outcome.Deferred(new JobError("no_handler", 0, message), NOBODY);
      }
      if (reply.failureType() == ReplyFailure.TIMEOUT) {
        return Outcome.retry("timeout", "the handler did not answer in time");
      }
    }
    return Outcome.retry("error", message);
  }

  @Override
  public void abort(List<Lease> leases) {
    bus.publish(WorkerBus.ABORT, new Messages.Abort(leases), WorkerBus.ANYWHERE);
  }
}
