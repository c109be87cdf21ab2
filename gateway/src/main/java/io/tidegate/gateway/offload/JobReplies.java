package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.api.Submission;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers about jobs. */
final class JobReplies {
  private static final String JSON = "application/json";
  private static final long SOON_SECONDS = 1;
  private static final long LATE_SECONDS = 60;

  private JobReplies() {}

  /** 202: there is a job now, or was before. */
  static Reply.Answer accepted(Submission.Accepted job, String prefix) {
    String id = job.id().toString();
    Map<String, String> headers = headers();
    headers.put("Location", prefix + '/' + id);
    headers.put("Retry-After", Long.toString(seconds(job.estimate())));
    if (job.replayed()) {
      headers.put("Idempotency-Replayed", "true");
    }
    return new Reply.Answer(202, headers, receipt(job, prefix).toBuffer());
  }

  /** What a client is told of a job that was accepted. */
  static JsonObject receipt(Submission.Accepted job, String prefix) {
    String id = job.id().toString();
    return new JsonObject()
        .put("id", id)
        .put("state", job.state().label())
        .put("queue", job.queue())
        .put("created_at", JobJson.time(job.created()))
        .put("durability", job.durability().label())
        .put("links", JobJson.links(id, prefix));
  }

  /** Seconds after which to ask again: a guess that neither hurries nor sleeps. */
  static long seconds(Duration estimate) {
    long up = (estimate.toMillis() + 999) / 1000;
    return Math.max(SOON_SECONDS, Math.min(LATE_SECONDS, up));
  }

  static Reply refused(Submission.Refused refused) {
    return new Reply.Failed(
        failure(refused.reason()), refused.detail(), refused.retryAfter().toMillis(), true);
  }

  static Failure failure(Submission.Reason reason) {
    return switch (reason) {
      case KEY_REUSED -> Failure.KEY_REUSED;
      case UNKNOWN_QUEUE, UNAVAILABLE -> Failure.JOBS_UNAVAILABLE;
      case TOO_LARGE -> Failure.BODY_TOO_LARGE;
      case TOO_LATE -> Failure.BAD_REQUEST;
      case QUEUE_FULL -> Failure.QUEUE_FULL;
      case DRAINING -> Failure.QUEUE_DRAINING;
      case DISK_LOW -> Failure.DISK_LOW;
      case BATCH_REFUSED -> Failure.BATCH_REFUSED;
    };
  }

  /** 200 with a job's status document, and when to ask again while it is not over. */
  static Reply.Answer status(JobLookup.Found job, String prefix) {
    Map<String, String> headers = headers();
    headers.put("ETag", etag(job));
    notYet(job.status(), headers);
    return new Reply.Answer(200, headers, JobJson.of(job, prefix).toBuffer());
  }

  /** Its version, and what its run has said since. */
  static String etag(JobLookup.Found job) {
    String said = job.progress().map(progress -> "." + progress.number()).orElse("");
    return "\"v" + job.status().version() + said + '"';
  }

  private static void notYet(JobStatus job, Map<String, String> headers) {
    if (!job.state().terminal()) {
      headers.put("Retry-After", Long.toString(SOON_SECONDS));
    }
  }

  /** The status document under another status. */
  static Reply.Answer document(int status, JobStatus job, String prefix) {
    Map<String, String> headers = headers();
    headers.put("Location", prefix + '/' + job.id());
    notYet(job, headers);
    return new Reply.Answer(status, headers, JobJson.of(job, prefix).toBuffer());
  }

  static Reply.Answer json(int status, JsonObject body) {
    return new Reply.Answer(status, headers(), body.toBuffer());
  }

  /** What the upstream answered, for whoever fetches it later: 200, its own status beside it. */
  static Reply.Answer result(JobStatus job, JobResult result) {
    Map<String, String> headers = kept(result);
    headers.putIfAbsent("Cache-Control", "no-store");
    headers.put("Job-State", job.state().label());
    headers.put("Job-Upstream-Status", Integer.toString(result.status()));
    return new Reply.Answer(200, headers, result.body());
  }

  /** What the upstream answered, for whoever has waited for it. */
  static Reply.Answer inPlace(JobStatus job, JobResult result, String prefix) {
    Map<String, String> headers = kept(result);
    headers.put("Link", '<' + prefix + '/' + job.id() + ">; rel=\"status\"");
    return new Reply.Answer(result.status(), headers, result.body());
  }

  private static Map<String, String> kept(JobResult result) {
    Map<String, String> headers = new LinkedHashMap<>();
    var flat = result.headers().flat();
    for (int i = 0; i < flat.size(); i += 2) {
      headers.merge(flat.get(i), flat.get(i + 1), (one, other) -> one + ", " + other);
    }
    return headers;
  }

  static Reply.Answer empty(int status) {
    return new Reply.Answer(status, Map.of("Cache-Control", "no-store"), Buffer.buffer());
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", JSON);
    headers.put("Cache-Control", "no-store");
    return headers;
  }
}
