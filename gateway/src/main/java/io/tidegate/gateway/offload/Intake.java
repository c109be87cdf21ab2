package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.Submission;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Takes requests in as jobs. One per event loop and configuration. */
public final class Intake {
  private final Jobs jobs;
  private final OffloadOptions options;

  public Intake(Jobs jobs, OffloadOptions options) {
    this.jobs = jobs;
    this.options = options;
  }

  /**
   * The step that makes jobs of a route's requests.
   *
   * @param next what becomes of the others
   */
  public Step<Exchange> step(RouteOptions route, AsyncOptions async, Step<Exchange> next) {
    return new AsyncStep(this, route, async, next);
  }

  /** The step that makes a job of a write whose upstream is down. */
  public Step<Exchange> storeAndForward(RouteOptions route, String queue) {
    return new StoreStep(this, route, queue);
  }

  /** Bytes of a request's body that a queue takes. */
  public long maxBody(String queue) {
    return queue(queue).admission().body();
  }

  private QueueOptions queue(String name) {
    return options.jobs().queues().getOrDefault(name, QueueOptions.DEFAULTS);
  }

  OffloadOptions options() {
    return options;
  }

  Jobs jobs() {
    return jobs;
  }

  /**
   * What a request's fields say of the job that it is to become.
   *
   * @throws WrongField when one makes no sense
   */
  Wish wish(MultiMap headers, AsyncOptions async) {
    return Wish.read(
        name -> {
          List<String> lines = headers.getAll(name);
          if (lines.size() > 1) {
            throw new WrongField(name, String.join(", ", lines), "it once");
          }
          return lines.isEmpty() ? Optional.empty() : Optional.of(lines.get(0));
        },
        async,
        options.callbacks(),
        Instant.now());
  }

  /** A request as the job that it is to become. */
  JobRequest job(Exchange.Head head, TraceContext trace, Place place, Wish wish, Buffer body) {
    JobCall call = CarriedHead.call(head, body);
    return new JobRequest(
        JobId.fresh(System.currentTimeMillis()),
        place.queue(),
        place.route(),
        Tenant.of(options.scope(), head.headers()),
        call,
        wish.terms(),
        wish.key().map(key -> IdempotencyKey.of(key, call)),
        trace == null ? TraceContext.NONE : trace);
  }

  /** Where a job belongs. */
  record Place(String queue, String route) {}

  /** Gathers the body of a request and submits it. */
  Future<Taken> take(Exchange exchange, Place place, Wish wish) {
    return Gathering.of(exchange, maxBody(place.queue()))
        .compose(
            gathered -> {
              if (gathered.failure() != null) {
                return Future.succeededFuture(new Taken(null, failed(gathered.failure(), place)));
              }
              JobRequest job = job(exchange.head(), exchange.trace(), place, wish, gathered.body());
              return jobs.submit(job).map(answer -> taken(exchange, answer));
            });
  }

  private Reply failed(Failure failure, Place place) {
    String detail =
        failure == Failure.BODY_TOO_LARGE
            ? "queue " + place.queue() + " takes " + maxBody(place.queue()) + " bytes"
            : "the request body";
    return Reply.Failed.of(failure, detail);
  }

  private Taken taken(Exchange exchange, Submission answer) {
    if (answer instanceof Submission.Accepted accepted) {
      exchange.journal().job(accepted.id().toString());
      return new Taken(accepted, JobReplies.accepted(accepted, options.prefix()));
    }
    return new Taken(null, JobReplies.refused((Submission.Refused) answer));
  }

  /**
   * How a request fared on its way into a queue.
   *
   * @param job null when there is none
   * @param reply 202, or why there is none
   */
  record Taken(Submission.Accepted job, Reply reply) {}

  /** As long as a client wants to wait and the route lets it; zero: not at all. */
  static Duration hold(Preferences prefer, AsyncOptions async) {
    Duration asked = prefer.patience().orElse(Duration.ZERO);
    return asked.compareTo(async.maxWait()) > 0 ? async.maxWait() : asked;
  }
}
