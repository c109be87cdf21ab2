package io.tidegate.worker.run;

import io.tidegate.metrics.api.TraceIds;
import io.tidegate.worker.api.Delivery;
import io.tidegate.worker.api.JobCall;
import io.tidegate.worker.api.JobError;
import io.tidegate.worker.api.JobId;
import io.tidegate.worker.api.JobProgress;
import io.tidegate.worker.api.JobState;
import io.tidegate.worker.api.JobsOptions;
import io.tidegate.worker.api.Lease;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.store.Ending;
import io.tidegate.worker.store.Leased;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All lanes, and all that is being run. Confined to the engine's context. */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /** How long an end that the store does not take is offered again. */
  private static final int OFFERS = 60;

  private static final long OFFER_MILLIS = 1000;

  private final Parts parts;
  private final Map<String, Lane> lanes = new HashMap<>();

  /** Of queues that are not configured any more; what they run may still have to end. */
  private final Map<String, Lane> retired = new HashMap<>();

  private final Map<Lease, Flight> flights = new LinkedHashMap<>();
  private final Renewal renewal;
  private final Entrance entrance;
  private Promise<Void> landed;
  private boolean stopping;
  private final Suspects suspects;
  private Consumer<Instant> due = time -> {};

  Dispatcher(Parts parts) {
    this.parts = parts;
    this.suspects = new Suspects(parts.context());
    this.entrance = new Entrance(parts.vertx());
    for (Map.Entry<String, QueueOptions> queue : parts.options().queues().entrySet()) {
      lanes.put(queue.getKey(), new Lane(queue.getKey(), queue.getValue(), parts, this));
    }
    renewal =
        new Renewal(
            parts.store(),
            parts.options().lease(),
            lost -> parts.context().runOnContext(any -> lost(lost, true)));
  }

  /** Who wants to know when a job is to be run again. */
  void onDue(Consumer<Instant> listener) {
    due = listener;
  }

  void start() {
    renewal.start();
    lanes.values().forEach(Lane::wake);
  }

  Optional<Lane> lane(String queue) {
    return Optional.ofNullable(lanes.get(queue));
  }

  /** Also of a queue that is not configured any more. */
  Optional<Lane> laneEver(String queue) {
    return lane(queue).or(() -> Optional.ofNullable(retired.get(queue)));
  }

  /**
   * Works on these queues from now on, on these terms.
   *
   * @return lanes that there never were before
   */
  List<Lane> configure(JobsOptions next) {
    List<Lane> fresh = new ArrayList<>();
    next.queues()
        .forEach(
            (queue, options) -> {
              Lane lane = laneEver(queue).orElse(null);
              if (lane == null) {
                lane = new Lane(queue, options, parts, this);
                fresh.add(lane);
              }
              retired.remove(queue);
              lanes.put(queue, lane);
              lane.configure(options);
            });
    List<String> gone =
        lanes.keySet().stream().filter(queue -> !next.queues().containsKey(queue)).toList();
    for (String queue : gone) {
      Lane lane = lanes.remove(queue);
      lane.retire();
      retired.put(queue, lane);
    }
    renewal.configure(next.lease());
    return fresh;
  }

  Collection<Lane> lanes() {
    return lanes.values();
  }

  boolean stopping() {
    return stopping;
  }

  Suspects suspects() {
    return suspects;
  }

  /** Whether a suspect is being run: then others wait although they count as ready. */
  boolean runsSuspect() {
    return flights.values().stream().anyMatch(flight -> flight.job.suspect() && !flight.landed);
  }

  /** A job was taken: its lease is held from now on. */
  Flight board(Leased job, Lane lane) {
    Flight flight = new Flight(job, lane, parts.clock().instant(), System.nanoTime());
    flights.put(job.lease(), flight);
    renewal.hold(job.lease());
    return flight;
  }

  /** Has jobs of one route done together. */
  void fly(List<Flight> together) {
    QueueOptions options = together.get(0).lane.options();
    List<Delivery> deliveries = new ArrayList<>(together.size());
    for (Flight flight : together) {
      deliveries.add(delivery(flight, options.timeout()));
      arm(flight, options.timeout());
    }
    parts
        .handlers()
        .perform(options.handler(), deliveries)
        .onSuccess(
            outcomes -> {
              for (int i = 0; i < together.size(); i++) {
                land(together.get(i), outcomes.get(i));
              }
            });
  }

  private static Delivery delivery(Flight flight, Duration timeout) {
    Leased job = flight.job;
    return new Delivery(
        job.lease(),
        job.queue(),
        job.route(),
        job.tenant(),
        job.call(),
        job.key(),
        job.counters().attempts() + 1,
        job.created(),
        job.deadline(),
        timeout,
        job.trace());
  }

  private void arm(Flight flight, Duration timeout) {
    flight.timer =
        parts
            .vertx()
            .setTimer(
                timeout.toMillis(),
                timer -> {
                  parts.handlers().abort(List.of(flight.lease()));
                  land(flight, Outcome.retry("timeout", "no end after " + timeout));
                });
  }

  /** A run is to begin at whoever asks; whether it has a place. */
  Future<Boolean> enter(JobId id, String queue, String route) {
    Lane lane = lanes.get(queue);
    if (lane == null) {
      return Future.succeededFuture(false);
    }
    return lane.enter(route)
        .onSuccess(
            entered -> {
              if (entered) {
                entrance.entered(id, lane);
              }
            });
  }

  void leave(JobId id) {
    entrance.leave(id);
  }

  /** A job was taken with the commit that accepted it; its place was reserved. */
  void begin(Leased job, Lane lane) {
    lane.begun(job.route());
    fly(List.of(board(job, lane)));
  }

  /** A run began at whoever submitted it. */
  void adopt(Leased job, Lane lane) {
    lane.adopted(job.route(), entrance.boarded(job.lease().id()));
    arm(board(job, lane), lane.options().timeout());
  }

  /** A job that was adopted came to an end at whoever runs it. */
  Future<Boolean> finish(Lease lease, Outcome outcome) {
    Flight flight = flights.get(lease);
    if (flight == null || flight.landed) {
      return Future.succeededFuture(false);
    }
    return land(flight, outcome);
  }

  /** A run is over: frees its place, and writes its end down. */
  private Future<Boolean> land(Flight flight, Outcome outcome) {
    if (flight.landed) {
      return Future.succeededFuture(false);
    }
    parked(flight);
    flight.lane.ended(flight, outcome);
    Future<Boolean> written =
        outcome instanceof Outcome.Released
            ? parts.store().release(List.of(flight.lease())).map(held -> held > 0)
            : settle(flight, outcome, OFFERS);
    return written.onComplete(
        done -> {
          gone(flight);
          if (done.succeeded() && !done.result()) {
            parts.meters().stale();
          }
        });
  }

  /** The run is over. */
  private void parked(Flight flight) {
    flight.landed = true;
    parts.vertx().cancelTimer(flight.timer);
    if (flight.job.suspect()) {
      suspects.over();
      lanes.values().forEach(Lane::wake);
    }
  }

  private Future<Boolean> settle(Flight flight, Outcome outcome, int offers) {
    Ending ending =
        Verdict.of(
            flight.job,
            outcome,
            flight.lane.options(),
            flight.started,
            parts.clock().instant(),
            ThreadLocalRandom.current().nextDouble());
    return parts
        .store()
        .settle(flight.lease(), ending)
        .onSuccess(held -> settled(flight, ending, held))
        .recover(
            away ->
                offers == 0 || stopping
                    ? Future.failedFuture(away)
                    : parts
                        .vertx()
                        .timer(OFFER_MILLIS, TimeUnit.MILLISECONDS)
                        .compose(later -> settle(flight, outcome, offers - 1)));
  }

  private void settled(Flight flight, Ending ending, boolean held) {
    if (!held) {
      say(flight, "the end of a run came after its lease was lost, and does not count");
    } else if (ending.to() == JobState.RETRYING) {
      due.accept(ending.runAt());
    } else if (ending.to() == JobState.DEAD) {
      String reason = ending.error().map(JobError::type).orElse("exhausted");
      flight.lane.meters.dead("exhausted");
      say(flight, "is dead after its last attempt: " + reason);
      buried(flight.job.queue(), flight.lease().id(), "exhausted");
    }
  }

  private static void say(Flight flight, String what) {
    TraceIds.with(
        flight.job.trace(),
        () -> LOG.warn("job {} of {}: {}", flight.lease().id(), flight.job.queue(), what));
  }

  void buried(String queue, JobId id, String reason) {
    parts
        .events()
        .publish(
            new io.tidegate.metrics.api.OperationalEvent.JobBuried(queue, id.toString(), reason));
  }

  /** Nothing is known of it any more. */
  private void gone(Flight flight) {
    flights.remove(flight.lease());
    renewal.letGo(flight.lease());
    if (landed != null && flights.isEmpty()) {
      landed.tryComplete();
    }
  }

  /**
   * Leases were taken away: their runs are broken off, and their ends do not count.
   *
   * @param stale by another node, or for want of an answer: not by somebody who asked for that
   */
  private void lost(List<Lease> leases, boolean stale) {
    List<Lease> here = leases.stream().filter(flights::containsKey).toList();
    if (here.isEmpty()) {
      return;
    }
    parts.handlers().abort(here);
    for (Lease lease : here) {
      Flight flight = flights.get(lease);
      if (!flight.landed) {
        parked(flight);
        flight.lane.ended(flight, new Outcome.Released());
        gone(flight);
        if (stale) {
          parts.meters().stale();
          say(flight, "its lease was lost, and its run is broken off");
        }
      }
    }
  }

  /** A job was canceled: its run, if it is here, is broken off. */
  void canceled(JobId id) {
    flights.keySet().stream()
        .filter(lease -> lease.id().equals(id))
        .findAny()
        .ifPresent(lease -> lost(List.of(lease), false));
  }

  /**
   * A run said how far it is.
   *
   * @return whether it is one of these
   */
  boolean progressed(Lease lease, JobProgress progress) {
    Flight flight = flights.get(lease);
    if (flight == null || flight.landed) {
      return false;
    }
    flight.progress = progress;
    return true;
  }

  /** What the run of a job said last of how far it is. */
  Optional<JobProgress> progress(JobId id) {
    for (Flight flight : flights.values()) {
      if (flight.progress != null && !flight.landed && flight.lease().id().equals(id)) {
        return Optional.of(flight.progress);
      }
    }
    return Optional.empty();
  }

  /** Other nodes say what they are running for this one. */
  void beat(List<Lease> leases) {
    long now = System.nanoTime();
    for (Lease lease : leases) {
      Flight flight = flights.get(lease);
      if (flight != null) {
        flight.beat = now;
      }
    }
  }

  /** Lets go of runs whose node has not been heard of for a lease: they run again when it ends. */
  void dropSilent() {
    long now = System.nanoTime();
    long most = parts.options().lease().toNanos();
    List<Flight> silent =
        flights.values().stream()
            .filter(flight -> flight.beat != 0 && now - flight.beat > most && !flight.landed)
            .toList();
    for (Flight flight : silent) {
      parked(flight);
      flight.lane.ended(flight, new Outcome.Released());
      gone(flight);
    }
  }

  /** Takes no more jobs, waits for those that run, and gives back what does not end in time. */
  Future<Void> stop(Duration grace) {
    stopping = true;
    if (flights.isEmpty()) {
      renewal.stop();
      return Future.succeededFuture();
    }
    landed = Promise.promise();
    long timer = parts.vertx().setTimer(Math.max(1, grace.toMillis()), any -> landed.tryComplete());
    return landed
        .future()
        .onComplete(any -> parts.vertx().cancelTimer(timer))
        .compose(any -> giveBack())
        .onComplete(any -> renewal.stop())
        .mapEmpty();
  }

  private Future<Integer> giveBack() {
    List<Lease> left =
        flights.values().stream().filter(flight -> !flight.landed).map(Flight::lease).toList();
    if (left.isEmpty()) {
      return Future.succeededFuture(0);
    }
    LOG.info("jobs: {} did not end in time and are given back", left.size());
    parts.handlers().abort(left);
    left.forEach(lease -> parked(flights.get(lease)));
    return parts.store().release(left);
  }

  static Leased adopted(
      io.tidegate.worker.api.JobRequest request,
      Lease lease,
      Instant created,
      Instant deadline,
      int maxAttempts) {
    JobCall call = request.call();
    return new Leased(
        lease,
        request.queue(),
        request.route(),
        request.tenant(),
        call,
        request
            .key()
            .map(io.tidegate.worker.api.IdempotencyKey::value)
            .orElse(request.id().toString()),
        request.trace(),
        new io.tidegate.worker.api.JobStatus.Counters(0, maxAttempts, 1, 0, 0, 0),
        created,
        created,
        deadline,
        false);
  }
}
