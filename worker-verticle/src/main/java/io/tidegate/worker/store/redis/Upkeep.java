package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.JobFilter;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.KeepPlan;
import io.tidegate.worker.api.QueueStatus;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.store.Tended;
import io.tidegate.worker.store.Untold;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What is done for whole queues. Used on the server's context. */
final class Upkeep {
  /** Of what one script may change: the server does nothing else meanwhile. */
  private static final int MOST = 200;

  private static final String BEGINNING = "";

  private final Server server;
  private final Queues queues;

  Upkeep(Server server, Queues queues) {
    this.server = server;
    this.queues = queues;
  }

  Future<Tended> tend(int limit, Map<String, KeepPlan> keep) {
    return queues
        .all()
        .compose(
            all ->
                Queues.each(
                    all, queue -> tend(queue, limit, keep.getOrDefault(queue, KeepPlan.DEFAULTS))))
        .map(Upkeep::sum);
  }

  private Future<Tuple> tend(String queue, int limit, KeepPlan keep) {
    Pack about =
        new Pack(256)
            .map(5)
            .text("limit")
            .number(Math.min(limit, MOST))
            .text("keep")
            .number(keep.results().toMillis())
            .text("keepDead")
            .number(keep.dead().toMillis())
            .text("keepCount")
            .number(keep.count())
            .text("keepBytes")
            .number(keep.bytes());
    return server.ask(Script.TEND, queue, about).map(Tuple.class::cast);
  }

  private static Tended sum(List<Tuple> parts) {
    int[] sums = new int[4];
    List<JobId> poisoned = new ArrayList<>();
    Optional<Instant> next = Optional.empty();
    for (Tuple part : parts) {
      sums[0] += part.small(0);
      sums[1] += part.small(1);
      part.tuple(2).items().forEach(id -> poisoned.add(Rows.id(id.toString())));
      sums[2] += part.small(3);
      sums[3] += part.small(4);
      if (part.has(5)) {
        next =
            Stream.concat(next.stream(), Stream.of(Rows.time(part.number(5))))
                .min(Comparator.naturalOrder());
      }
    }
    return new Tended(sums[0], sums[1], poisoned, sums[2], sums[3], next);
  }

  Future<Integer> requeueAll(JobFilter filter, Duration deadline, int limit, boolean dryRun) {
    Set<JobState> states = filter.states().isEmpty() ? Set.of(JobState.DEAD) : filter.states();
    List<JobState> fit = states.stream().filter(JobState::requeueable).sorted().toList();
    return Desk.among(queues, filter)
        .compose(
            all -> {
              Future<Integer> count = Future.succeededFuture(0);
              for (String queue : all) {
                for (JobState state : fit) {
                  Sweep sweep = new Sweep(queue, state, filter, deadline, dryRun);
                  count = count.compose(sum -> requeue(sweep, BEGINNING, limit, sum));
                }
              }
              return count;
            });
  }

  /** What a requeue of many goes through, slice by slice. */
  private record Sweep(
      String queue, JobState state, JobFilter filter, Duration deadline, boolean dry) {
    Pack about(String after, int limit) {
      Pack about =
          new Pack(256)
              .map(6 + Desk.conditions(filter))
              .text("state")
              .number(state.ordinal())
              .text("after")
              .text(after)
              .text("look")
              .number(MOST)
              .text("limit")
              .number(limit)
              .text("deadline")
              .number(deadline.toMillis())
              .text("dry")
              .flag(dry);
      return Desk.conditions(about, filter);
    }
  }

  private Future<Integer> requeue(Sweep sweep, String after, int limit, int sum) {
    if (sum >= limit) {
      return Future.succeededFuture(sum);
    }
    return server
        .commit(Script.REQUEUE_ALL, sweep.queue, sweep.about(after, limit - sum))
        .compose(
            answer -> {
              Tuple slice = (Tuple) answer;
              int now = sum + slice.small(0);
              return slice.has(1)
                  ? requeue(sweep, slice.text(1), limit, now)
                  : Future.succeededFuture(now);
            });
  }

  Future<Integer> purgeDead(String queue, int limit) {
    return purge(queue, limit, 0);
  }

  private Future<Integer> purge(String queue, int limit, int sum) {
    int most = Math.min(MOST, limit - sum);
    Pack about = new Pack(32).map(1).text("limit").number(most);
    return server
        .commit(Script.PURGE, queue, about)
        .compose(
            count -> {
              int now = sum + (int) (long) count;
              return (long) count < most || now >= limit
                  ? Future.succeededFuture(now)
                  : purge(queue, limit, now);
            });
  }

  Future<List<QueueStatus>> queues() {
    return queues
        .all()
        .compose(all -> Queues.each(all, this::survey))
        .map(all -> all.stream().flatMap(Optional::stream).toList());
  }

  private Future<Optional<QueueStatus>> survey(String queue) {
    return server
        .ask(Script.SURVEY, queue, new Pack(8).array(0))
        .map(answer -> status(queue, (Tuple) answer));
  }

  private static Optional<QueueStatus> status(String queue, Tuple answer) {
    Mode mode = Mode.values()[answer.small(0)];
    Map<JobState, Long> depth = new EnumMap<>(JobState.class);
    for (JobState state : JobState.values()) {
      long count = answer.tuple(1).number(state.ordinal());
      if (count > 0) {
        depth.put(state, count);
      }
    }
    if (mode == Mode.OPEN && depth.isEmpty()) {
      return Optional.empty();
    }
    Duration oldest = Duration.ofMillis(answer.number(3));
    return Optional.of(new QueueStatus(queue, mode, depth, answer.number(2), oldest));
  }

  Future<Void> mode(String queue, Mode mode) {
    Pack about = new Pack(32).map(1).text("mode").number(mode.ordinal());
    return queues.note(queue).compose(any -> server.commit(Script.MODE, queue, about)).mapEmpty();
  }

  Future<List<Untold>> untold(int limit) {
    Pack about = new Pack(32).map(1).text("limit").number(Math.min(limit, MOST));
    return queues
        .all()
        .compose(all -> Queues.each(all, queue -> server.ask(Script.UNTOLD, queue, about)))
        .map(
            parts ->
                parts.stream()
                    .flatMap(part -> ((Tuple) part).tuples().stream())
                    .map(Rows::untold)
                    .sorted(Comparator.comparing(Untold::finished))
                    .limit(limit)
                    .toList());
  }

  Future<Void> told(JobId id, int generation) {
    Pack about = new Pack(64).map(1).text("member").text(id.toString() + generation);
    // The job may have been forgotten since, so no queue says that it has it.
    return queues
        .all()
        .compose(all -> Queues.each(all, queue -> server.commit(Script.TOLD, queue, about)))
        .mapEmpty();
  }
}
