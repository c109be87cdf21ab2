package io.tidegate.worker.run;

import io.tidegate.worker.api.IdempotencyKey;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.ScheduleOptions;
import io.tidegate.worker.api.ScheduleOptions.Overlap;
import io.tidegate.worker.api.ScheduleStatus;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.store.Scheduled;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes jobs by the clock. A job of a due time carries that time as its idempotency key, so that
 * many nodes, and a node that died in between, make one. Confined to the engine's context.
 */
final class Clockwork {
  /** A time that passed less long ago is on time. */
  private static final Duration ON_TIME = Duration.ofSeconds(30);

  /** Times further back are not made up for. */
  private static final Duration FARTHEST = Duration.ofDays(7);

  private final Parts parts;
  private final Function<JobRequest, Future<Submission>> submit;
  private final Instant started;
  private boolean busy;

  private record Entry(
      ScheduleOptions options, boolean configured, Optional<Instant> last, Optional<JobId> job) {}

  Clockwork(Parts parts, Function<JobRequest, Future<Submission>> submit) {
    this.parts = parts;
    this.submit = submit;
    this.started = parts.clock().instant();
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
    Future<?> chain = Future.succeededFuture();
    for (Instant slot : due(entry, parts.clock().instant())) {
      chain = chain.compose(any -> fire(entry, slot));
    }
    return chain;
  }

  /** Times that are to make a job now, oldest first. */
  private List<Instant> due(Entry entry, Instant now) {
    ScheduleOptions options = entry.options;
    Instant from = entry.last.orElse(started);
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

  private Future<?> fire(Entry entry, Instant slot) {
    return overlaps(entry)
        .compose(
            overlaps ->
                overlaps ? Future.succeededFuture(Optional.<JobId>empty()) : make(entry, slot))
        .compose(
            job -> parts.store().fired(entry.options.queue(), entry.options.name(), slot, job));
  }

  private Future<Boolean> overlaps(Entry entry) {
    if (entry.options.overlap() != Overlap.SKIP || entry.job.isEmpty()) {
      return Future.succeededFuture(false);
    }
    return parts
        .store()
        .get(entry.job.get())
        .map(found -> found instanceof JobLookup.Found known && !known.status().state().terminal());
  }

  private Future<Optional<JobId>> make(Entry entry, Instant slot) {
    ScheduleOptions options = entry.options;
    String name = options.queue() + "/" + options.name();
    JobRequest request =
        options
            .request()
            .withId(JobId.fresh(parts.clock().millis()))
            .withKey(new IdempotencyKey("schedule/" + name + "/" + slot, "schedule"));
    if (options.overlap() == Overlap.QUEUE) {
      request = request.withTerms(request.terms().withGroup("schedule/" + options.name()));
    }
    return submit
        .apply(request)
        .compose(
            answer ->
                answer instanceof Submission.Accepted accepted
                    ? Future.succeededFuture(Optional.of(accepted.id()))
                    // The queue is full or the like: this time comes again with the next tick.
                    : Future.failedFuture("refused: " + answer));
  }
}
