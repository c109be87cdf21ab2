package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.Lease;
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
  private final LiveCalls live;

  /**
   * @param live what calls that begin at once share
   */
  public Intake(Jobs jobs, OffloadOptions options, LiveCalls live) {
    this.jobs = jobs;
    this.options = options;
    this.live = live;
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

  /** Gathers the body of a request: the job that it is to become. */
  Future<Asked> gather(Exchange exchange, Place place, Wish wish) {
    return Gathering.of(exchange, maxBody(place.queue()))
        .map(
            gathered ->
                gathered.failure() == null
                    ? new Asked(
                        job(exchange.head(), exchange.trace(), place, wish, gathered.body()), null)
                    : new Asked(null, failed(gathered.failure(), place)));
  }

  /**
   * A request with its body.
   *
   * @param job null when the body did not come
   * @param refusal what to answer then
   */
  record Asked(JobRequest job, Reply refusal) {}

  Future<Taken> submit(Exchange exchange, JobRequest job) {
    return jobs.submit(job).map(answer -> taken(exchange, answer));
  }

  /** Gathers the body of a request and submits it. */
  Future<Taken> take(Exchange exchange, Place place, Wish wish) {
    return gather(exchange, place, wish)
        .compose(
            asked ->
                asked.job() == null
                    ? Future.succeededFuture(new Taken(null, asked.refusal()))
                    : submit(exchange, asked.job()));
  }

  /**
   * A call of a request at once, before there is a job.
   *
   * @param hold as long as the client waits
   * @return empty when its queue has no place for it, or its route is gone
   */
  Future<Optional<LiveRun>> begin(Exchange exchange, JobRequest job, Duration hold) {
    Optional<JobRoute> route = live.routes().named(job.route());
    if (route.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    return jobs.enter(job.id(), job.queue(), job.route())
        .map(
            entered ->
                entered
                    ? Optional.of(new LiveRun(this, live, job, route.get(), exchange, hold))
                    : Optional.empty());
  }

  /** A job's first run, as it begins now. */
  Delivery first(JobRequest job) {
    QueueOptions queue = queue(job.queue());
    Instant now = Instant.now();
    return new Delivery(
        new Lease(job.id(), 0),
        job.queue(),
        job.route(),
        job.tenant(),
        job.call(),
        job.key().map(IdempotencyKey::value).orElse(job.id().toString()),
        1,
        now,
        job.terms().deadline().orElseGet(() -> now.plus(queue.deadline())),
        queue.timeout(),
        job.trace());
  }

  /** 202 with where the job is. */
  Reply receipt(Submission.Accepted job) {
    return JobReplies.accepted(job, options.prefix());
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
      return new Taken(accepted, receipt(accepted));
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
