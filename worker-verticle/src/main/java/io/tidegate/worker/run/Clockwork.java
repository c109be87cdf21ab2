package io.tidegate.worker.run;

import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.ScheduleOptions.Overlap;
import io.tidegate.worker.api.ScheduleStatus;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.store.Scheduled;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes jobs by the clock. A job of a due time carries that time as its idempotency key, so that
 * many nodes, and a node that died in between, make one. Confined to the engine's context.
 */
final class Clockwork {
  private static final Logger LOG = LoggerFactory.getLogger(Clockwork.class);

  /** A time that passed less long ago is on time. */
  private static final Duration ON_TIME = Duration.ofSeconds(30);

  /** Times further back are not made up for. */
  private static final Duration FARTHEST = Duration.ofDays(7);

  private final Parts parts;
  private final Function<JobRequest, Future<Submission>> submit;
  private final Instant started;

  /** From when on times count of schedules that were written or changed while this node runs. */
  private final Map<Key, Instant> since = new HashMap<>();

  /** Times that could not be seen to, said once each. */
  private final Map<Key, Instant> refused = new HashMap<>();

  private boolean busy;

  private record Key(String queue, String name) {
    static Key of(ScheduleOptions schedule) {
      return new Key(schedule.queue(), schedule.name());
    }
  }

  private record Entry(
      ScheduleOptions options, boolean configured, Optional<Instant> last, Optional<JobId> job) {}

  Clockwork(Parts parts, Function<JobRequest, Future<Submission>> submit) {
    this.parts = parts;
    this.submit = submit;
    this.started = now();
  }

  /** As precise as it is stored. */
  private Instant now() {
    return parts.clock().instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Makes what is due. */
  void tick() {
    if (busy) {
      return;
    }
    busy = true;
    entries()
        .compose(all -> Future.all(all.stream().map(this::fire).toList()))
        .onComplete(any -> busy = false);
  }

  /** Other schedules from now on: a new one, or one of other times, does not make up for any. */
  void configure(JobsOptions before, JobsOptions next) {
    Instant now = now();
    Map<Key, ScheduleOptions> known = schedules(before);
    schedules(next)
        .forEach(
            (key, schedule) -> {
              if (!sameTimes(known.get(key), schedule)) {
                since.put(key, now);
              }
            });
  }

  private static Map<Key, ScheduleOptions> schedules(JobsOptions options) {
    Map<Key, ScheduleOptions> all = new HashMap<>();
    options
        .queues()
        .values()
        .forEach(queue -> queue.schedules().forEach(one -> all.put(Key.of(one), one)));
    return all;
  }

  private static boolean sameTimes(ScheduleOptions one, ScheduleOptions other) {
    return one != null && one.cron().equals(other.cron()) && one.zone().equals(other.zone());
  }

  /** Adds or replaces a schedule that is not configured. */
  Future<Void> put(ScheduleOptions schedule) {
    Instant now = now();
    return parts
        .store()
        .schedules()
        .map(all -> all.stream().anyMatch(one -> goesOn(one, schedule)))
        .compose(
            goesOn ->
                parts
                    .store()
                    .putSchedule(schedule)
                    .compose(done -> goesOn ? Future.succeededFuture() : begin(schedule, now)));
  }

  private static boolean goesOn(Scheduled one, ScheduleOptions schedule) {
    return one.queue().equals(schedule.queue())
        && one.name().equals(schedule.name())
        && sameTimes(one.options().orElse(null), schedule);
  }

  /** Times up to then are seen to. */
  private Future<Void> begin(ScheduleOptions schedule, Instant at) {
    return parts.store().fired(schedule.queue(), schedule.name(), at, Optional.empty());
  }

  Future<List<ScheduleStatus>> statuses() {
    Instant now = parts.clock().instant();
    return entries()
        .map(
            all ->
                all.stream()
                    .map(
                        entry ->
                            new ScheduleStatus(
                                entry.options.queue(),
                                entry.options,
                                entry.last,
                                entry.job,
                                entry.options.cron().next(now, entry.options.zone()),
                                entry.configured))
                    .toList());
  }

  boolean configured(String queue, String name) {
    QueueOptions options = parts.options().queues().get(queue);
    return options != null
        && options.schedules().stream().anyMatch(schedule -> schedule.name().equals(name));
  }

  private Future<List<Entry>> entries() {
    return parts.store().schedules().map(this::merged);
  }

  private List<Entry> merged(List<Scheduled> stored) {
    List<Entry> all = new ArrayList<>();
    for (Map.Entry<String, QueueOptions> queue : parts.options().queues().entrySet()) {
      for (ScheduleOptions schedule : queue.getValue().schedules()) {
        Optional<Scheduled> known =
            stored.stream()
                .filter(one -> one.queue().equals(queue.getKey()))
                .filter(one -> one.name().equals(schedule.name()))
                .findAny();
        all.add(
            new Entry(
                schedule, true, known.flatMap(Scheduled::last), known.flatMap(Scheduled::job)));
      }
    }
    for (Scheduled one : stored) {
      if (one.options().isPresent() && !configured(one.queue(), one.name())) {
        all.add(new Entry(one.options().get(), false, one.last(), one.job()));
      }
    }
    return all;
  }

  private Future<?> fire(Entry entry) {
    Instant from = from(entry);
    Future<Optional<JobId>> chain =
        entry.last.filter(from::equals).isPresent()
            ? Future.succeededFuture(entry.job)
            : begin(entry.options, from).map(entry.job);
    for (Instant slot : due(entry, from, parts.clock().instant())) {
      chain = chain.compose(before -> fire(entry.options, before, slot));
    }
    return chain;
  }

  /** Times after this one are to be seen to. */
  private Instant from(Entry entry) {
    Instant last = entry.last.orElse(started);
    Instant begun = since.getOrDefault(Key.of(entry.options), last);
    return begun.isAfter(last) ? begun : last;
  }

  /** Times that are to make a job now, oldest first. */
  private static List<Instant> due(Entry entry, Instant from, Instant now) {
    ScheduleOptions options = entry.options;
    Instant farthest = now.minus(FARTHEST);
    Instant at = from.isBefore(farthest) ? farthest : from;
    List<Instant> passed = new ArrayList<>();
    for (Optional<Instant> next = options.cron().next(at, options.zone());
        next.isPresent() && !next.get().isAfter(now);
        next = options.cron().next(next.get(), options.zone())) {
      passed.add(next.get());
    }
    if (passed.isEmpty()) {
      return passed;
    }
    boolean onTime = passed.get(passed.size() - 1).isAfter(now.minus(ON_TIME));
    int wanted = Math.max(options.misfire().runs(), onTime ? 1 : 0);
    return passed.subList(Math.max(0, passed.size() - wanted), passed.size());
  }

  /**
   * Sees to one time.
   *
   * @param before job of the time before
   * @return the job of the latest time that made one
   */
  private Future<Optional<JobId>> fire(
      ScheduleOptions options, Optional<JobId> before, Instant slot) {
    return overlaps(options, before)
        .compose(
            overlaps ->
                overlaps ? Future.succeededFuture(Optional.<JobId>empty()) : make(options, slot))
        .compose(
            job ->
                parts
                    .store()
                    .fired(options.queue(), options.name(), slot, job)
                    .map(done -> job.or(() -> before)));
  }

  private Future<Boolean> overlaps(ScheduleOptions options, Optional<JobId> before) {
    if (options.overlap() != Overlap.SKIP || before.isEmpty()) {
      return Future.succeededFuture(false);
    }
    return parts
        .store()
        .get(before.get())
        .map(found -> found instanceof JobLookup.Found known && !known.status().state().terminal());
  }

  private Future<Optional<JobId>> make(ScheduleOptions options, Instant slot) {
    return submit.apply(request(options, slot)).compose(answer -> made(options, slot, answer));
  }

  private JobRequest request(ScheduleOptions options, Instant slot) {
    String name = options.queue() + "/" + options.name();
    JobRequest request =
        options
            .request()
            .withId(JobId.fresh(parts.clock().millis()))
            .withKey(new IdempotencyKey("schedule/" + name + "/" + slot, "schedule"));
    return options.overlap() == Overlap.QUEUE
        ? request.withTerms(request.terms().withGroup("schedule/" + options.name()))
        : request;
  }

  private Future<Optional<JobId>> made(ScheduleOptions options, Instant slot, Submission answer) {
    if (answer instanceof Submission.Accepted accepted) {
      refused.remove(Key.of(options));
      return Future.succeededFuture(Optional.of(accepted.id()));
    }
    // The queue is full or the like: this time comes again with the next tick.
    String why = ((Submission.Refused) answer).detail();
    if (!slot.equals(refused.put(Key.of(options), slot))) {
      LOG.warn(
          "jobs: schedule {} of {}: the job of {} has to wait: {}",
          options.name(),
          options.queue(),
          slot,
          why);
    }
    return Future.failedFuture("refused: " + why);
  }
}
