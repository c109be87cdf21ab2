package io.tidegate.worker.run;

import io.tidegate.metrics.api.JobMeters.QueueMeters;
import io.tidegate.worker.api.JobTerms;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.QueueStatus.Mode;
import io.tidegate.worker.store.LeaseAsk;
import io.tidegate.worker.store.Leased;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the jobs of one queue whenever there is room for them. Confined to the engine's context.
 */
final class Lane {
  /** Leases of one go: what is taken and cannot be started at once would hold up others. */
  private static final int MOST = 256;

  private static final long RETRY_MILLIS = 200;

  /**
   * Longer than a store that is well takes to be asked; beyond, whoever wants to enter has to
   * queue.
   */
  private static final long DOOR_MILLIS = 1000;

  /** The jobs that were put off are to be back in their queue, at its head, when one is tried. */
  private static final Duration PROMOTION = Duration.ofMillis(20);

  final String queue;
  final QueueMeters meters;
  final Paces paces;
  private final Parts parts;
  private final Dispatcher dispatcher;
  private final Gathering gathering;
  private QueueOptions options;
  private Bucket bucket;
  private boolean retired;
  private int running;
  private boolean ready = true;
  private int pull;
  private boolean pulling;
  private boolean claimed;
  private long rateTimer = -1;
  private long taken;
  private double meanMillis = 1000;
  private final List<Promise<Boolean>> atTheDoor = new ArrayList<>();
  private Mode mode = Mode.PAUSED;

  Lane(String queue, QueueOptions options, Parts parts, Dispatcher dispatcher) {
    this.queue = queue;
    this.options = options;
    this.parts = parts;
    this.dispatcher = dispatcher;
    this.meters = parts.meters().queue(queue);
    this.paces = new Paces(slots());
    this.bucket = new Bucket(options.rate(), System.nanoTime());
    this.gathering = new Gathering(parts.vertx(), options.batch(), dispatcher::fly);
  }

  private int slots() {
    return options.concurrency() * options.batch().size();
  }

  QueueOptions options() {
    return options;
  }

  /** Others from now on; what runs goes on as it began. */
  void configure(QueueOptions next) {
    boolean changed = !next.rate().equals(options.rate());
    retired = false;
    options = next;
    paces.configure(slots());
    gathering.configure(next.batch());
    if (changed) {
      bucket = bucket.at(next.rate(), System.nanoTime());
      parts.vertx().cancelTimer(rateTimer);
      rateTimer = -1;
    }
    wake();
  }

  /** The queue is not configured any more: what runs ends, what waits stays in the store. */
  void retire() {
    retired = true;
  }

  int running() {
    return running;
  }

  /** When a job that is accepted now may be done. */
  Duration estimate() {
    long seconds = Math.round(meanMillis / 1000);
    return Duration.ofSeconds(Math.max(1, Math.min(60, seconds)));
  }

  /** What the queue does at the moment, as far as is known; until then it counts as paused. */
  void sees(Mode now) {
    mode = now;
  }

  /** What the queue does was changed here. */
  void changed(Mode now) {
    mode = now;
    wake();
  }

  /**
   * Takes a place for a run that begins elsewhere, if there is one; those that the store is being
   * asked to fill are not.
   */
  Future<Boolean> enter(String route) {
    if (!pulling) {
      return Future.succeededFuture(admitted(route));
    }
    Promise<Boolean> turn = Promise.promise();
    atTheDoor.add(turn);
    long timer = parts.vertx().setTimer(DOOR_MILLIS, late -> turn.tryComplete(false));
    return turn.future()
        .map(any -> any && admitted(route))
        .onComplete(
            any -> {
              parts.vertx().cancelTimer(timer);
              atTheDoor.remove(turn);
            });
  }

  private boolean admitted(String route) {
    boolean takes =
        mode == Mode.OPEN
            && !retired
            && options.batch().size() == 1
            && options.handler().equals(QueueOptions.PERFORM)
            && !dispatcher.stopping()
            && !paces.holds(route);
    if (!takes || running >= slots() || bucket.available(System.nanoTime()) < 1) {
      return false;
    }
    running++;
    bucket.take(1);
    return true;
  }

  /** A run that began elsewhere is over, and became no job. */
  void left() {
    running--;
    pull();
  }

  private void openDoor(boolean open) {
    List.copyOf(atTheDoor).forEach(turn -> turn.tryComplete(open));
  }

  /** There may be ready jobs. */
  void wake() {
    ready = true;
    pull();
  }

  void pull() {
    if (pulling || !ready || retired || dispatcher.stopping()) {
      return;
    }
    int most = room();
    if (most < 1) {
      return;
    }
    pulling = true;
    ready = false;
    int number = ++pull;
    claimed = dispatcher.suspects().claim();
    ask(most, paces.routes(), claimed)
        .compose(first -> probe(first, most))
        .onSuccess(jobs -> answered(number, jobs, most))
        .onFailure(
            away -> {
              if (number == pull) {
                over(false);
                openDoor(false);
                parts.vertx().setTimer(RETRY_MILLIS, timer -> wake());
              }
            });
  }

  private void answered(int number, List<Leased> jobs, int most) {
    if (number == pull) {
      boolean asked = claimed;
      over(jobs.stream().anyMatch(Leased::suspect));
      if (!asked && jobs.size() < most) {
        dispatcher.suspects().queue(this);
      }
      taken(jobs, most);
    } else {
      giveBack(jobs);
    }
  }

  /** The question is answered, or given up. */
  private void over(boolean gotSuspect) {
    if (claimed) {
      claimed = false;
      dispatcher.suspects().answered(gotSuspect);
    }
    pulling = false;
  }

  /** They came after they were given up, and others may have their places. */
  private void giveBack(List<Leased> late) {
    if (!late.isEmpty()) {
      parts.store().release(late.stream().map(Leased::lease).toList());
    }
  }

  private int room() {
    int most = Math.min(MOST, slots() - running);
    int allowed = bucket.available(System.nanoTime());
    if (most > 0 && allowed < 1 && rateTimer < 0) {
      rateTimer =
          parts
              .vertx()
              .setTimer(
                  bucket.millisToNext(),
                  timer -> {
                    rateTimer = -1;
                    pull();
                  });
    }
    return Math.min(most, allowed);
  }

  private Future<List<Leased>> ask(int most, Set<String> except, boolean suspects) {
    return parts
        .store()
        .lease(
            new LeaseAsk(queue, most, parts.worker(), parts.options().lease(), except, suspects));
  }

  /** Tries a few jobs of a route that could not be served before, when it is time to. */
  private Future<List<Leased>> probe(List<Leased> first, int most) {
    long now = System.nanoTime();
    Optional<String> route = paces.probing(now);
    int few = Math.min(most - first.size(), route.map(name -> paces.room(name, now)).orElse(0));
    if (few < 1) {
      return Future.succeededFuture(first);
    }
    Set<String> except = new HashSet<>(paces.routes());
    except.remove(route.get());
    // Where only suspects are left it is one of them that tells whether the route is back.
    boolean suspects = claimed && first.stream().noneMatch(Leased::suspect);
    return ask(few, except, suspects)
        .map(
            more -> {
              List<Leased> both = new ArrayList<>(first);
              both.addAll(more);
              return both;
            })
        .otherwise(first);
  }

  /**
   * Keeps a place for a job that is not accepted yet, when there is one, and nobody is known to
   * wait: then it need not wait either. {@link #begun} or {@link #free} ends that.
   */
  boolean reserve(JobTerms terms) {
    boolean idle = !ready && !pulling && paces.none() && !dispatcher.stopping();
    boolean usual = terms.group().isEmpty() && options.batch().size() == 1;
    if (!idle || !usual || parts.store().shared() || room() < 1) {
      return false;
    }
    running++;
    bucket.take(1);
    return true;
  }

  /** The place that was kept is not needed. */
  void free() {
    running--;
    bucket.take(-1);
    pull();
  }

  /** The place that was kept is taken. */
  void begun(String route) {
    taken++;
    paces.started(route);
  }

  private void taken(List<Leased> jobs, int most) {
    if (!jobs.isEmpty()) {
      taken += jobs.size();
      bucket.take(jobs.size());
      ready |= jobs.size() >= most;
      for (Leased job : jobs) {
        running++;
        paces.started(job.route());
        Flight flight = dispatcher.board(job, this);
        gathering.add(flight);
      }
    }
    openDoor(true);
    pull();
  }

  /**
   * A run that began elsewhere is that of a job now.
   *
   * @param entered whether it has its place
   */
  void adopted(String route, boolean entered) {
    running += entered ? 0 : 1;
    paces.started(route);
    meters.promoted();
  }

  /** A run is over. */
  void ended(Flight flight, Outcome outcome) {
    running--;
    String route = flight.job.route();
    long nanos = System.nanoTime();
    if (outcome instanceof Outcome.Deferred alone && alone.alone()) {
      paces.passed(route);
      ready = true;
    } else if (outcome instanceof Outcome.Deferred deferred) {
      Duration hold = deferred.after().plus(PROMOTION);
      paces.deferred(route, nanos + hold.toNanos());
      parts.vertx().setTimer(hold.toMillis() + 1, timer -> wake());
    } else if (!paces.none()) {
      boolean answered = outcome instanceof Outcome.Succeeded || outcome instanceof Outcome.Failed;
      paces.ended(route, answered);
      ready = true;
    }
    count(flight, outcome, nanos);
    pull();
  }

  private void count(Flight flight, Outcome outcome, long nanos) {
    long run = nanos - flight.startedNanos;
    long wait = Duration.between(flight.job.runAt(), flight.started).toNanos();
    meters.ran(Verdict.label(outcome), Math.max(0, wait), run, flight.job.trace());
    meanMillis = meanMillis * 0.95 + (Math.max(0, wait) + run) / 1e6 * 0.05;
  }

  /** Jobs taken so far. */
  long taken() {
    return taken;
  }

  /** Jobs could be taken, if there are any. */
  boolean hasRoom() {
    return slots() > running && bucket.available(System.nanoTime()) > 0 && paces.none();
  }

  /** Gives up on whatever it waits for, and asks anew. */
  void restart() {
    if (pulling) {
      pull++;
      over(false);
      openDoor(false);
    }
    wake();
  }
}
