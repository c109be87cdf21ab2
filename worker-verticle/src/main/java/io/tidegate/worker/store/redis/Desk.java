package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobChange;
import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobLookup;
import io.tidegate.worker.api.JobOutput;
import io.tidegate.worker.api.JobPage;
import io.tidegate.worker.api.JobResult;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobStatus;
import io.tidegate.worker.store.redis.Queues.Found;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What people ask of single jobs, and of many. Used on the server's context. */
final class Desk {
  /** Jobs that one page looks at, of each queue, before it is handed out shorter than asked for. */
  private static final int MOST_LOOKED_AT = 5000;

  private static final int CHUNK = 100;

  /** Sorts after every id. */
  private static final String END = "~";

  private final Server server;
  private final Queues queues;

  Desk(Server server, Queues queues) {
    this.server = server;
    this.queues = queues;
  }

  static Pack about(JobId id) {
    return new Pack(64).map(1).text("id").text(id.toString());
  }

  Future<JobLookup> get(JobId id) {
    Pack about = about(id);
    return queues
        .find(id, queue -> server.ask(Script.READ, queue, about))
        .map(
            found ->
                switch (found.word()) {
                  case "found" -> new JobLookup.Found(status(found));
                  case "purged" -> new JobLookup.Purged(last(found));
                  default -> new JobLookup.Unknown();
                });
  }

  Future<JobOutput> output(JobId id) {
    Pack about = new Pack(64).map(2).text("id").text(id.toString()).text("result").flag(true);
    return queues
        .find(id, queue -> server.ask(Script.READ, queue, about))
        .map(
            found ->
                switch (found.word()) {
                  case "found" -> output(found);
                  case "purged" -> new JobOutput.Purged(last(found));
                  default -> new JobOutput.Unknown();
                });
  }

  Future<Optional<JobCall>> input(JobId id) {
    Pack about = new Pack(64).map(2).text("id").text(id.toString()).text("call").flag(true);
    return queues
        .find(id, queue -> server.ask(Script.READ, queue, about))
        .map(
            found ->
                found.word().equals("found") && found.answer().has(4)
                    ? Optional.of(Rows.call(found.answer().bytes(4)))
                    : Optional.empty());
  }

  private static JobOutput output(Found found) {
    JobStatus status = status(found);
    Optional<JobResult> result =
        status.state().terminal() && found.answer().has(3)
            ? Optional.of(Rows.result(found.answer().bytes(3)))
            : Optional.empty();
    return new JobOutput.Found(status, result);
  }

  private static JobStatus status(Found found) {
    Tuple answer = found.answer();
    return Rows.status(
        found.queue(), answer.tuple(1), answer.has(2) ? Rows.attempts(answer.bytes(2)) : List.of());
  }

  private static JobState last(Found found) {
    return JobState.values()[found.answer().small(1)];
  }

  Future<JobChange> cancel(JobId id, Duration keep) {
    return change(Script.CANCEL, id, "keep", keep.toMillis());
  }

  Future<JobChange> requeue(JobId id, Duration deadline) {
    return change(Script.REQUEUE, id, "deadline", deadline.toMillis());
  }

  Future<JobChange> delete(JobId id) {
    return change(Script.DELETE, id, "any", 0);
  }

  private Future<JobChange> change(Script script, JobId id, String name, long value) {
    Pack about = new Pack(64).map(2).text("id").text(id.toString()).text(name).number(value);
    return queues
        .find(id, queue -> server.commit(script, queue, about))
        .map(
            found ->
                switch (found.word()) {
                  case "done" -> new JobChange.Done(status(found));
                  case "requested" -> new JobChange.Requested(status(found));
                  case "conflict" -> new JobChange.Conflict(status(found));
                  case "purged" -> new JobChange.Purged(last(found));
                  default -> new JobChange.Unknown();
                });
  }

  /** A page of one queue. */
  private record Part(List<JobStatus> jobs, Optional<JobId> seenTo) {}

  Future<JobPage> list(JobFilter filter, Optional<JobId> after, int limit) {
    // One more than asked for, to know whether there are more.
    Pack about = about(filter, after, limit + 1);
    return among(queues, filter)
        .compose(all -> Queues.each(all, queue -> part(queue, about)))
        .map(parts -> page(parts, limit));
  }

  static Future<List<String>> among(Queues queues, JobFilter filter) {
    return filter
        .queue()
        .map(queue -> Future.succeededFuture(List.of(queue)))
        .orElseGet(queues::all);
  }

  private static Pack about(JobFilter filter, Optional<JobId> after, int limit) {
    Collection<JobState> states =
        filter.states().isEmpty() ? Arrays.asList(JobState.values()) : filter.states();
    Pack about = new Pack(256).map(5 + conditions(filter)).text("states").array(states.size());
    states.forEach(state -> about.number(state.ordinal()));
    about.text("after").text(after.map(JobId::toString).orElse(END));
    about.text("limit").number(limit).text("look").number(MOST_LOOKED_AT);
    about.text("chunk").number(Math.min(CHUNK, limit));
    return conditions(about, filter);
  }

  /** How many {@link #conditions(Pack, JobFilter)} adds. */
  static int conditions(JobFilter filter) {
    return 1
        + Stream.of(filter.tenant(), filter.route(), filter.until(), filter.error())
            .mapToInt(condition -> condition.isPresent() ? 1 : 0)
            .sum();
  }

  static Pack conditions(Pack about, JobFilter filter) {
    filter.tenant().ifPresent(tenant -> about.text("tenant").text(tenant));
    filter.route().ifPresent(route -> about.text("route").text(route));
    filter.until().ifPresent(time -> about.text("before").number(time.toEpochMilli()));
    filter.error().ifPresent(type -> about.text("error").text(type));
    return about.text("since").number(filter.since().map(time -> time.toEpochMilli()).orElse(0L));
  }

  private Future<Part> part(String queue, Pack about) {
    return server
        .ask(Script.LIST, queue, about)
        .map(
            answer -> {
              Tuple part = (Tuple) answer;
              List<JobStatus> jobs =
                  part.tuple(0).tuples().stream().map(job -> Rows.status(queue, job)).toList();
              return new Part(
                  jobs, part.has(1) ? Optional.of(Rows.id(part.text(1))) : Optional.empty());
            });
  }

  private static JobPage page(List<Part> parts, int limit) {
    // What one queue has not looked at may come before what others have found.
    Optional<JobId> floor =
        parts.stream().flatMap(part -> part.seenTo.stream()).max(Comparator.naturalOrder());
    List<JobStatus> jobs = new ArrayList<>();
    parts.forEach(part -> jobs.addAll(part.jobs));
    jobs.sort(Comparator.comparing(JobStatus::id).reversed());
    jobs.removeIf(job -> floor.isPresent() && job.id().compareTo(floor.get()) < 0);
    if (jobs.size() <= limit) {
      return new JobPage(jobs, floor);
    }
    List<JobStatus> page = jobs.subList(0, limit);
    return new JobPage(page, Optional.of(page.get(limit - 1).id()));
  }
}
