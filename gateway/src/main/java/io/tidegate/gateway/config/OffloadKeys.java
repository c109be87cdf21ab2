package io.tidegate.gateway.config;

import io.tidegate.gateway.offload.CallbackOptions;
import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.gateway.offload.Secret;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.worker.api.AdmissionPlan;
import io.tidegate.worker.api.BackoffPlan;
import io.tidegate.worker.api.CronPlan;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobBatch;
import io.tidegate.worker.api.JobTerms;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.StoreOptions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/** Keys of jobs: a route's {@code async}, the queues, and how clients ask about their jobs. */
final class OffloadKeys {
  private static final long TIB = 1L << 40;
  private static final Duration YEAR = Duration.ofDays(365);
  private static final QueueOptions QUEUE_DEFAULT = QueueOptions.DEFAULTS;
  private static final AdmissionPlan ADMITTED = AdmissionPlan.DEFAULTS;
  private static final KeepPlan KEPT = KeepPlan.DEFAULTS;

  static final ScalarShape QUEUE_NAME =
      Shapes.text(
          "a name of up to 64 letters, digits, dots, dashes or underscores",
          "[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  static final String PATH = "data/jobs";

  static final Section ASYNC =
      new Section("async", "Makes jobs of requests: 202 at once, the result later.")
          .key("queue", QUEUE_NAME, "Where they wait; one of queues. Has to be given.")
          .key(
              "when",
              Shapes.constants(AsyncOptions.When.class),
              "Always; when the client sends Prefer: respond-async; or never.",
              AsyncOptions.When.PREFER)
          .key(
              "callback",
              Shapes.FLAG,
              "Clients may name a URL that is told of the end (Job-Callback-Url).",
              false)
          .key(
              "max-wait",
              Shapes.duration(Duration.ZERO, Duration.ofMinutes(10)),
              "How long a client may wait for the result (Prefer: wait=5) before it gets a receipt.",
              AsyncOptions.MAX_WAIT)
          .key(
              "keep",
              ListShape.of(HttpShapes.TOKEN_NAME),
              "Fields of the answer that are kept with the result, besides those that say what its"
                  + " body is.",
              List.of())
          .key(
              "batch",
              Shapes.text("a path such as /orders/batch", "/[^?#]{0,1023}"),
              "Path of this route that takes several jobs in one POST, as many as the queue's batch"
                  + " says: a JSON array of requests there, of answers back.");

  private static final Section BACKOFF =
      new Section("queue-backoff", "How long to wait before a further run.")
          .key(
              "base",
              Shapes.time(),
              "The first bound; doubles with each run.",
              BackoffPlan.DEFAULTS.base())
          .key("max", Shapes.time(), "The bound stops growing here.", BackoffPlan.DEFAULTS.max())
          .key(
              "jitter",
              Shapes.constants(BackoffPlan.Jitter.class),
              "How chance is mixed into the wait: all of it, half of it, none.",
              BackoffPlan.DEFAULTS.jitter());

  private static final Section RETRY =
      new Section("queue-retry", "How patiently a job is run again.")
          .key(
              "attempts",
              Shapes.whole(1, JobTerms.MAX_ATTEMPTS),
              "Runs that may fail before the job is dead.",
              QUEUE_DEFAULT.retry().attempts())
          .key("backoff", BACKOFF, "Waits between runs.");

  private static final Section BATCH =
      new Section("queue-batch", "Several jobs in one call of the queue's handler.")
          .key("size", Shapes.whole(1, JobBatch.MAX_SIZE), "At most so many; 1: none.", 1)
          .key(
              "wait",
              Shapes.duration(Duration.ZERO, Duration.ofMinutes(1)),
              "How long the first one waits for others.",
              Duration.ZERO);

  private static final Section SCHEDULED =
      PolicyKeys.body(new Section("schedule-request", "What is asked at each due time."))
          .key("method", HttpShapes.METHOD, "Of the request.", "POST")
          .required(
              "path",
              Shapes.text("a path such as /reports/nightly", "/[!-~]*"),
              "Path and query; the route that takes it does the job.")
          .key("host", HttpShapes.HOST_NAME, "Of the request, where routes tell hosts apart.")
          .key(
              "headers",
              new MapShape(HttpShapes.EDITABLE_HEADER, HttpShapes.HEADER_VALUE, true),
              "Fields of the request.");

  private static final Section SCHEDULE =
      new Section("schedule", "Jobs by the clock; each due time makes one, on however many nodes.")
          .key("name", QUEUE_NAME, "Unique within the queue; default: the path.")
          .required(
              "cron",
              Shapes.text(
                  "five fields such as 0 3 * * *: minute, hour, day of month, month, day of week",
                  "[@0-9A-Za-z*,/ -]+",
                  OffloadKeys::isCron),
              "When.")
          .key(
              "zone",
              Shapes.text(
                  "a time zone such as Europe/Berlin", "[A-Za-z0-9_+:/-]+", OffloadKeys::isZone),
              "Whose clock.",
              "UTC")
          .key(
              "misfire",
              Shapes.text(
                  "skip, latest or a number from 2 to 1000",
                  "skip|latest|[0-9]{1,4}",
                  OffloadKeys::isMisfire),
              "Due times that passed while nobody was there: none, the latest or so many are made up"
                  + " for.",
              "latest")
          .key(
              "overlap",
              Shapes.constants(ScheduleOptions.Overlap.class),
              "When the job of the time before is not over: made all the same, left out, or waiting"
                  + " for it.",
              ScheduleOptions.Overlap.ALLOW)
          .required("request", SCHEDULED, "What is asked.");

  static final Section QUEUE =
      new Section("queue", "Where jobs wait, and how they are run.")
          .key(
              "concurrency",
              Shapes.whole(1, 10_000),
              "Jobs that run at once, per node.",
              QUEUE_DEFAULT.concurrency())
          .key("rate", Shapes.RATE, "Jobs started per time, per node; default: no limit.")
          .key(
              "timeout",
              Shapes.duration(Duration.ofMillis(1), Duration.ofHours(1)),
              "One run of a job.",
              QUEUE_DEFAULT.timeout())
          .key(
              "deadline",
              Shapes.duration(Duration.ofSeconds(1), YEAR),
              "A job is not started later than this after it was accepted.",
              QUEUE_DEFAULT.deadline())
          .key(
              "aging",
              Shapes.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
              "A waiting job rises by one priority in this time.",
              QUEUE_DEFAULT.aging())
          .key("retry", RETRY, "How patiently a job is run again.")
          .key(
              "max-depth",
              Shapes.whole(1, Integer.MAX_VALUE),
              "Jobs that are not over, the dead included; 429 beyond.",
              ADMITTED.depth())
          .key(
              "max-bytes",
              Shapes.size(1, TIB),
              "Bytes that those take; 429 beyond.",
              ADMITTED.bytes())
          .key(
              "max-body",
              Shapes.size(0, 256L << 20),
              "Body of a request; 413 beyond.",
              ADMITTED.body())
          .key("result-ttl", ttl(), "How long jobs that are over are kept.", KEPT.results())
          .key("dead-ttl", ttl(), "How long dead jobs are kept.", KEPT.dead())
          .key(
              "keep",
              Shapes.whole(0, Integer.MAX_VALUE),
              "Jobs that are over and kept, the dead not counted; the oldest go first.",
              KEPT.count())
          .key("keep-bytes", Shapes.size(0, TIB), "Bytes that those take.", KEPT.bytes())
          .key("batch", BATCH, "Several jobs in one call of the handler.")
          .key(
              "handler",
              Shapes.text("the name of a JobHandler", "[A-Za-z0-9._-]+"),
              "A handler of your own does the work; default: the route's upstream.")
          .key("schedule", ListShape.of(SCHEDULE), "Jobs by the clock.");

  private static final Section SCOPE =
      new Section("jobs-scope", "What tells whose a job is.")
          .required(
              "header",
              HttpShapes.TOKEN_NAME,
              "Field of the request; what strangers may set has to be checked before it gets here.");

  private static final Section CALLBACKS =
      new Section("callbacks", "How clients' URLs are told of the end (Standard Webhooks).")
          .key(
              "hosts",
              ListShape.of(HttpShapes.HOST_PATTERN),
              "Exact names or *.example.org; default: any public one.")
          .key("http", Shapes.FLAG, "Allow http as well as https.", false)
          .key(
              "networks",
              ListShape.of(HttpShapes.CIDR),
              "Addresses that may be called although they are private.",
              List.of())
          .key(
              "secrets",
              ListShape.of(
                  Shapes.text(
                          "whsec_ and the Base64 of 24 to 64 bytes",
                          "whsec_[A-Za-z0-9+/=]+",
                          OffloadKeys::isSecret)
                      .secret()),
              "Each signs; the new one first while they are exchanged.")
          .key("timeout", Shapes.time(), "One call.", CallbackOptions.TIMEOUT);

  static final Section JOBS =
      new Section("jobs", "How clients ask about their jobs, and how a node treats them.")
          .key(
              "prefix",
              Shapes.text("a path such as /jobs", "(/[A-Za-z0-9._~-]+)+"),
              "Path under which clients ask; links that they hold lead nowhere once it changes.",
              OffloadOptions.PREFIX)
          .key("scope", SCOPE, "What tells whose a job is; default: whoever knows its id may ask.")
          .key(
              "listing",
              Shapes.constants(OffloadOptions.Listing.class),
              "Who may list jobs where there is no scope: clients on this machine, all, or none.",
              OffloadOptions.Listing.LOCAL)
          .key(
              "subscribers",
              Shapes.whole(0, 1_000_000),
              "Streams of events at once, per node; 503 beyond.",
              OffloadOptions.SUBSCRIBERS)
          .key(
              "max-result",
              Shapes.size(0, 256L << 20),
              "Of a result that is kept; a larger one is left out.",
              OffloadOptions.MAX_RESULT)
          .key(
              "lease",
              Shapes.duration(Duration.ofSeconds(5), Duration.ofMinutes(10)),
              "How long a runner may be silent before its job is given to another.",
              JobsOptions.LEASE)
          .key(
              "grace",
              Shapes.duration(Duration.ZERO, Duration.ofMinutes(10)),
              "How long a stop waits for running jobs before it gives them back.",
              JobsOptions.GRACE)
          .key("callbacks", CALLBACKS, "How clients' URLs are told of the end.");

  static final Section STORE =
      new Section("stores-jobs", "Where jobs are kept.")
          .key(
              "engine",
              Shapes.constants(Engine.class),
              "Files of this node, or stores.redis, which several nodes share.",
              Engine.EMBEDDED)
          .key(
              "path",
              Shapes.text("a folder", ".+"),
              "Embedded: a folder, made when it is missing; relative names start at the working"
                  + " folder.",
              PATH)
          .key(
              "disk-floor",
              Shapes.size(0, TIB),
              "Embedded: free disk below which no more jobs are taken.",
              StoreOptions.Embedded.FLOOR)
          .key(
              "timeout",
              Shapes.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
              "Redis: until an answer, 2s by default; a connection that takes longer is given up.")
          .key(
              "durability",
              Shapes.constants(Durability.class),
              "Redis: what an accepted job survives at least: loss of power (fsync), of one machine"
                  + " (replicated), of the process (os, the default). What the server cannot give is"
                  + " refused at the start.")
          .key(
              "prefix",
              Shapes.text(
                  "1 to 64 letters, digits, dots, dashes, underscores or colons",
                  "[A-Za-z0-9._:-]{1,64}"),
              "Redis: of all keys, by default tidegate; gateways with the same one share their"
                  + " jobs.");

  /** Who keeps jobs. */
  enum Engine {
    EMBEDDED,
    REDIS
  }

  private OffloadKeys() {}

  private static ScalarShape ttl() {
    return Shapes.duration(Duration.ofSeconds(1), Duration.ofDays(3650));
  }

  private static boolean isCron(String text) {
    try {
      new CronPlan(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isZone(String text) {
    try {
      ZoneId.of(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isMisfire(String text) {
    return !text.matches("[0-9]+")
        || (Integer.parseInt(text) >= 2 && Integer.parseInt(text) <= 1000);
  }

  private static boolean isSecret(String text) {
    try {
      new Secret(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
