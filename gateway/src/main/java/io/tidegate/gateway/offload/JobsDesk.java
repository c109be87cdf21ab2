package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Jobs;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What clients ask of their jobs, under the prefix. A job is there for whoever could have submitted
 * it; for all others it is as if it were not.
 *
 * <table>
 * <caption>Answers</caption>
 * <tr><td>GET /{id}<td>200, the status document; 304; 404; 410. {@code Prefer: wait=30} waits for a
 *     change
 * <tr><td>GET /{id}/result<td>200, what the upstream answered; 202 while it is not over; 409 when it
 *     ended without
 * <tr><td>GET /{id}/events<td>200, a stream of events
 * <tr><td>POST /{id}/cancel<td>200; 202 while it is running; 409
 * <tr><td>POST /{id}/retry<td>202; 409
 * <tr><td>DELETE /{id}<td>204; 409
 * <tr><td>GET /<td>200, a page of jobs; 403
 * <tr><td>POST /batch<td>200, an outcome for each item
 * </table>
 */
public final class JobsDesk implements Step<Exchange> {
  private static final CharSequence ALLOW = HttpHeaders.createOptimized("allow");
  private static final CharSequence APPLIED = HttpHeaders.createOptimized("preference-applied");
  private static final CharSequence IF_NONE_MATCH = HttpHeaders.createOptimized("if-none-match");

  /** Until then a client that asks to wait is held, whatever it asks. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Jobs jobs;
  private final OffloadOptions options;
  private final Pages pages;
  private final BatchDesk batches;
  private final AtomicInteger subscribers;

  /**
   * @param subscribers to events, on all event loops of the node
   */
  public JobsDesk(Intake intake, JobRoutes routes, AtomicInteger subscribers) {
    this.jobs = intake.jobs();
    this.options = intake.options();
    this.pages = new Pages(intake.jobs(), intake.options());
    this.batches = new BatchDesk(intake, routes);
    this.subscribers = subscribers;
  }

  @Override
  public Future<Reply> apply(Exchange exchange) {
    String rest = exchange.head().path().substring(options.prefix().length());
    if (rest.isEmpty() || rest.equals("/")) {
      return allowed(exchange, HttpMethod.GET, pages::list);
    }
    if (rest.equals("/batch")) {
      return allowed(exchange, HttpMethod.POST, batches::submit);
    }
    int slash = rest.indexOf('/', 1);
    Optional<JobId> id = JobId.parse(rest.substring(1, slash < 0 ? rest.length() : slash));
    return id.map(known -> ofOne(exchange, known, slash < 0 ? "" : rest.substring(slash)))
        .orElseGet(() -> failed(Failure.JOB_UNKNOWN));
  }

  private Future<Reply> ofOne(Exchange exchange, JobId id, String what) {
    HttpMethod method = exchange.head().method();
    if (what.isEmpty() && method == HttpMethod.DELETE) {
      return change(exchange, id, jobs::delete, this::deleted);
    }
    return switch (what) {
      case "" -> allowed(exchange, "GET, HEAD, DELETE", HttpMethod.GET, ex -> status(ex, id));
      case "/result" -> allowed(exchange, HttpMethod.GET, ex -> result(ex, id));
      case "/events" -> allowed(exchange, HttpMethod.GET, ex -> events(ex, id));
      case "/cancel" ->
          allowed(exchange, HttpMethod.POST, ex -> change(ex, id, jobs::cancel, this::canceled));
      case "/retry" ->
          allowed(exchange, HttpMethod.POST, ex -> change(ex, id, jobs::retry, this::requeued));
      default -> failed(Failure.JOB_UNKNOWN);
    };
  }

  private static Future<Reply> allowed(
      Exchange exchange, HttpMethod method, Function<Exchange, Future<Reply>> work) {
    String names = method == HttpMethod.GET ? "GET, HEAD" : method.name();
    return allowed(exchange, names, method, work);
  }

  private static Future<Reply> allowed(
      Exchange exchange, String names, HttpMethod method, Function<Exchange, Future<Reply>> work) {
    HttpMethod asked = exchange.head().method();
    if (asked == method || (method == HttpMethod.GET && asked == HttpMethod.HEAD)) {
      return work.apply(exchange);
    }
    exchange.addResponseField(ALLOW, names);
    return failed(Failure.METHOD_NOT_ALLOWED);
  }

  static Future<Reply> failed(Failure failure) {
    return Future.succeededFuture(Reply.Failed.of(failure, ""));
  }

  /** The store does not answer: that is an answer too. */
  static Reply unavailable(Throwable failure) {
    return new Reply.Failed(Failure.JOBS_UNAVAILABLE, "", 1_000, true);
  }

  private Future<Reply> status(Exchange exchange, JobId id) {
    exchange.journal().job(id.toString());
    String known = exchange.head().headers().get(IF_NONE_MATCH);
    Duration wait = wait(exchange);
    return jobs.get(id)
        .compose(
            now ->
                now instanceof JobLookup.Found found
                        && !wait.isZero()
                        && !found.status().state().terminal()
                        && (known == null || matches(known, found))
                    ? jobs.get(id, found.status().version(), wait)
                    : Future.succeededFuture(now))
        .map(
            lookup -> {
              if (!(lookup instanceof JobLookup.Found found)
                  || !isVisible(exchange, found.status())) {
                return gone(lookup);
              }
              if (known != null && matches(known, found)) {
                return notModified(found);
              }
              return JobReplies.status(found, options.prefix());
            })
        .otherwise(JobsDesk::unavailable);
  }

  /** As long as a client wants to be held; zero: it does not. */
  private static Duration wait(Exchange exchange) {
    Optional<Duration> asked = Preferences.of(exchange.head().headers()).patience();
    if (asked.isEmpty()) {
      return Duration.ZERO;
    }
    exchange.addResponseField(APPLIED, "wait=" + asked.get().toSeconds());
    return asked.get().compareTo(LONGEST) > 0 ? LONGEST : asked.get();
  }

  private static boolean matches(String known, JobLookup.Found job) {
    String tag = JobReplies.etag(job);
    for (String each : known.split(",")) {
      String plain = each.trim();
      if (plain.equals("*") || plain.equals(tag) || plain.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  private static Reply notModified(JobLookup.Found job) {
    return new Reply.Answer(
        304, Map.of("ETag", JobReplies.etag(job), "Cache-Control", "no-store"), Buffer.buffer());
  }

  private boolean isVisible(Exchange exchange, JobStatus job) {
    return job.tenant().equals(Tenant.of(options.scope(), exchange.head().headers()));
  }

  private static Reply gone(JobLookup lookup) {
    return Reply.Failed.of(
        lookup instanceof JobLookup.Purged ? Failure.JOB_GONE : Failure.JOB_UNKNOWN, "");
  }

  private Future<Reply> result(Exchange exchange, JobId id) {
    exchange.journal().job(id.toString());
    return over(id, 0, System.nanoTime() + wait(exchange).toNanos(), exchange)
        .compose(any -> jobs.output(id))
        .map(
            output -> {
              if (output instanceof JobOutput.Found found && isVisible(exchange, found.status())) {
                return result(found);
              }
              return Reply.Failed.of(
                  output instanceof JobOutput.Purged ? Failure.JOB_GONE : Failure.JOB_UNKNOWN, "");
            })
        .otherwise(JobsDesk::unavailable);
  }

  /** Completes when the job is over or unknown, or the time is. */
  private Future<Void> over(JobId id, long beyond, long end, Exchange exchange) {
    long left = (end - System.nanoTime()) / 1_000_000;
    if (left <= 0 || exchange.isCancelled()) {
      return Future.succeededFuture();
    }
    return jobs.get(id, beyond, Duration.ofMillis(left))
        .compose(
            lookup ->
                lookup instanceof JobLookup.Found found && !found.status().state().terminal()
                    ? over(id, found.status().version(), end, exchange)
                    : Future.succeededFuture());
  }

  private Reply result(JobOutput.Found found) {
    JobStatus job = found.status();
    if (!job.state().terminal()) {
      return JobReplies.document(202, job, options.prefix());
    }
    boolean none = job.state() == JobState.CANCELED || job.state() == JobState.EXPIRED;
    if (none || found.result().isEmpty()) {
      return Reply.Failed.of(Failure.JOB_CONFLICT, "the job is " + job.state().label());
    }
    return JobReplies.result(job, found.result().get());
  }

  private Future<Reply> events(Exchange exchange, JobId id) {
    exchange.journal().job(id.toString());
    return jobs.get(id)
        .map(
            lookup -> {
              if (!(lookup instanceof JobLookup.Found found)
                  || !isVisible(exchange, found.status())) {
                return gone(lookup);
              }
              if (subscribers.incrementAndGet() > options.subscribers()) {
                subscribers.decrementAndGet();
                return new Reply.Failed(Failure.TOO_MANY_SUBSCRIBERS, "", 5_000, true);
              }
              return new EventStream(
                  jobs, id, options.prefix(), exchange, subscribers::decrementAndGet);
            })
        .otherwise(JobsDesk::unavailable);
  }

  private Future<Reply> change(
      Exchange exchange,
      JobId id,
      Function<JobId, Future<JobChange>> change,
      Function<JobChange, Reply> answer) {
    exchange.journal().job(id.toString());
    return jobs.get(id)
        .compose(
            lookup ->
                lookup instanceof JobLookup.Found found && isVisible(exchange, found.status())
                    ? change.apply(id).map(answer)
                    : Future.succeededFuture(gone(lookup)))
        .otherwise(JobsDesk::unavailable);
  }

  private Reply canceled(JobChange change) {
    if (change instanceof JobChange.Requested requested) {
      return JobReplies.document(202, requested.status(), options.prefix());
    }
    if (change instanceof JobChange.Conflict conflict
        && conflict.status().state() == JobState.CANCELED) {
      return JobReplies.document(200, conflict.status(), options.prefix());
    }
    return changed(change, 200);
  }

  private Reply requeued(JobChange change) {
    return changed(change, 202);
  }

  private Reply deleted(JobChange change) {
    return change instanceof JobChange.Done ? JobReplies.empty(204) : changed(change, 204);
  }

  private Reply changed(JobChange change, int status) {
    if (change instanceof JobChange.Done done) {
      return JobReplies.document(status, done.status(), options.prefix());
    }
    if (change instanceof JobChange.Conflict conflict) {
      return Reply.Failed.of(
          Failure.JOB_CONFLICT, "the job is " + conflict.status().state().label());
    }
    return Reply.Failed.of(
        change instanceof JobChange.Purged ? Failure.JOB_GONE : Failure.JOB_UNKNOWN, "");
  }
}
