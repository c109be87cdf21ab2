package io.tidegate.gateway.config;

import io.tidegate.gateway.offload.CallbackOptions;
import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.gateway.offload.Secret;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.security.Cidr;
import io.tidegate.worker.api.AdmissionPlan;
import io.tidegate.worker.api.BackoffPlan;
import io.tidegate.worker.api.BatchPlan;
import io.tidegate.worker.api.Durability;
import io.tidegate.worker.api.JobHandler;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.RatePlan;
import io.tidegate.worker.api.RetryPlan;
import io.tidegate.worker.api.StoreOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is written about jobs, as records. */
final class OffloadAssembly {
  /** Told ten times within three days and a half: the waits are said with each answer. */
  private static final QueueOptions CALLBACKS =
      new QueueOptions(
          16,
          Optional.empty(),
          Duration.ofMinutes(1),
          Duration.ofDays(4),
          QueueOptions.DEFAULTS.aging(),
          new RetryPlan(
              10,
              new BackoffPlan(
                  Duration.ofSeconds(5), Duration.ofSeconds(5), BackoffPlan.Jitter.NONE)),
          AdmissionPlan.DEFAULTS,
          KeepPlan.DEFAULTS,
          BatchPlan.NONE,
          QueueOptions.PERFORM,
          List.of());

  private OffloadAssembly() {}

  static AsyncOptions async(Fields fields) {
    return new AsyncOptions(
        fields.text("queue").orElseThrow(),
        fields.get("when", AsyncOptions.When.class).orElse(AsyncOptions.When.PREFER),
        fields.flag("callback", false),
        fields.duration("max-wait", AsyncOptions.MAX_WAIT),
        fields.items("keep", String.class),
        fields.text("batch"));
  }

  /** Jobs as the file wants them; empty when it has no queue. */
  static Optional<OffloadOptions> options(Fields file, ScheduleAssembly schedules) {
    Map<String, QueueOptions> queues = new LinkedHashMap<>();
    file.section("queues")
        .values()
        .forEach((name, value) -> queues.put(name, queue(name, (Fields) value, schedules)));
    if (queues.isEmpty()) {
      return Optional.empty();
    }
    queues.putIfAbsent(JobsOptions.CALLBACKS, CALLBACKS);
    Fields jobs = file.section("jobs");
    return Optional.of(
        new OffloadOptions(
            jobs.text("prefix").orElse(OffloadOptions.PREFIX),
            jobs.section("scope").text("header").map(name -> name.toLowerCase(Locale.ROOT)),
            jobs.get("listing", OffloadOptions.Listing.class).orElse(OffloadOptions.Listing.LOCAL),
            jobs.whole("subscribers", OffloadOptions.SUBSCRIBERS),
            jobs.size("max-result", OffloadOptions.MAX_RESULT),
            callbacks(jobs.section("callbacks")),
            new JobsOptions(
                store(file.section("stores")),
                queues,
                jobs.duration("lease", JobsOptions.LEASE),
                jobs.duration("grace", JobsOptions.GRACE))));
  }

  private static StoreOptions store(Fields stores) {
    Fields fields = stores.section("jobs");
    if (isShared(fields)) {
      return new StoreOptions.Redis(
          StoreAssembly.redis(stores.section("redis")).client("jobs"),
          fields.duration("timeout", StoreOptions.Redis.TIMEOUT),
          fields.get("durability", Durability.class).orElse(Durability.OS),
          fields.text("prefix").orElse(StoreOptions.Redis.PREFIX));
    }
    return new StoreOptions.Embedded(
        Path.of(fields.text("path").orElse(OffloadKeys.PATH)),
        fields.size("disk-floor", StoreOptions.Embedded.FLOOR));
  }

  /** Whether Redis keeps the jobs. */
  static boolean isShared(Fields jobs) {
    return jobs.get("engine", OffloadKeys.Engine.class)
        .filter(OffloadKeys.Engine.REDIS::equals)
        .isPresent();
  }

  private static CallbackOptions callbacks(Fields fields) {
    return new CallbackOptions(
        fields.items("hosts", String.class).stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .toList(),
        fields.flag("http", false),
        fields.items("networks", Cidr.class),
        fields.items("secrets", String.class).stream().map(Secret::new).toList(),
        fields.duration("timeout", CallbackOptions.TIMEOUT));
  }

  private static QueueOptions queue(String name, Fields fields, ScheduleAssembly schedules) {
    QueueOptions d = QueueOptions.DEFAULTS;
    AdmissionPlan admitted = d.admission();
    KeepPlan kept = d.keep();
    return new QueueOptions(
        fields.whole("concurrency", d.concurrency()),
        fields.get("rate", Units.Rate.class).map(OffloadAssembly::rate),
        fields.duration("timeout", d.timeout()),
        fields.duration("deadline", d.deadline()),
        fields.duration("aging", d.aging()),
        retry(fields.section("retry")),
        new AdmissionPlan(
            fields.whole("max-depth", admitted.depth()),
            fields.size("max-bytes", admitted.bytes()),
            fields.size("max-body", admitted.body())),
        new KeepPlan(
            fields.duration("result-ttl", kept.results()),
            fields.duration("dead-ttl", kept.dead()),
            fields.whole("keep", kept.count()),
            fields.size("keep-bytes", kept.bytes())),
        batch(fields.section("batch")),
        fields.text("handler").map(JobHandler::address).orElse(QueueOptions.PERFORM),
        schedules.of(name, fields));
  }

  private static RatePlan rate(Units.Rate rate) {
    return new RatePlan(Math.toIntExact(rate.permits()), Duration.ofSeconds(rate.seconds()));
  }

  private static RetryPlan retry(Fields fields) {
    BackoffPlan d = BackoffPlan.DEFAULTS;
    Fields backoff = fields.section("backoff");
    Duration base = backoff.duration("base").orElse(d.base());
    Duration max = backoff.duration("max").orElse(d.max());
    if (!backoff.has("base") && base.compareTo(max) > 0) {
      base = max;
    }
    if (!backoff.has("max") && max.compareTo(base) < 0) {
      max = base;
    }
    return new RetryPlan(
        fields.whole("attempts", RetryPlan.DEFAULTS.attempts()),
        new BackoffPlan(
            base, max, backoff.get("jitter", BackoffPlan.Jitter.class).orElse(d.jitter())));
  }

  private static BatchPlan batch(Fields fields) {
    return new BatchPlan(
        fields.whole("size", BatchPlan.NONE.size()),
        fields.duration("wait", BatchPlan.NONE.await()));
  }
}
