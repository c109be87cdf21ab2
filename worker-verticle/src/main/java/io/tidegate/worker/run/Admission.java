package io.tidegate.worker.run;

import io.tidegate.worker.api.JobBatch;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.Submission.Reason;
import io.tidegate.worker.api.Submission.Refused;
import io.tidegate.worker.store.Creation;
import io.tidegate.worker.store.Creation.Made;
import io.tidegate.worker.store.Leased;
import io.tidegate.worker.store.NewJob;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** T1: what is taken in, and on which terms. Confined to the engine's context. */
final class Admission {
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration LATER = Duration.ofSeconds(5);

  private final Parts parts;
  private final Dispatcher dispatcher;

  Admission(Parts parts, Dispatcher dispatcher) {
    this.parts = parts;
    this.dispatcher = dispatcher;
  }

  Future<Submission> submit(JobRequest request) {
    Optional<Lane> free =
        dispatcher.lane(request.queue()).filter(lane -> lane.reserve(request.terms()));
    if (free.isEmpty()) {
      return one(request, Optional.empty());
    }
    return one(request, Optional.of(grant(true)))
        .map(answer -> begun(request, answer, free.get()))
        .onFailure(broken -> free.get().free());
  }

  /** There is a place for it: its run begins with the commit that accepts it. */
  private Submission begun(JobRequest request, Submission answer, Lane lane) {
    if (answer instanceof Accepted accepted && accepted.lease().isPresent()) {
      dispatcher.begin(leased(request, lane, accepted), lane);
      return accepted.withoutLease();
    }
    lane.free();
    return answer;
  }

  private NewJob.Grant grant(boolean whenIdle) {
    return new NewJob.Grant(parts.worker(), parts.options().lease(), whenIdle);
  }

  Future<Submission> submitRunning(JobRequest request) {
    Optional<Lane> lane = dispatcher.lane(request.queue());
    return one(request, Optional.of(grant(false)))
        .onSuccess(answer -> lane.ifPresent(known -> adopt(request, known, answer)));
  }

  private void adopt(JobRequest request, Lane lane, Submission answer) {
    if (answer instanceof Accepted accepted && accepted.lease().isPresent()) {
      dispatcher.adopt(leased(request, lane, accepted), lane);
    }
  }

  private Leased leased(JobRequest request, Lane lane, Accepted accepted) {
    QueueOptions options = lane.options();
    return Dispatcher.adopted(
        request,
        accepted.lease().orElseThrow(),
        accepted.created(),
        deadline(request, options, accepted.created()),
        attempts(request, options));
  }

  private Future<Submission> one(JobRequest request, Optional<NewJob.Grant> running) {
    Optional<Refused> refused = refusal(request);
    if (refused.isPresent()) {
      return Future.succeededFuture(counted(request, refused.get()));
    }
    Lane lane = dispatcher.lane(request.queue()).orElseThrow();
    return parts
        .store()
        .create(List.of(job(request, running)), false)
        .map(made -> answer(request, lane, made.get(0)))
        .otherwise(away -> unavailable());
  }

  private static Submission unavailable() {
    return new Refused(Reason.UNAVAILABLE, "the store of jobs does not answer", AGAIN);
  }

  Future<List<Submission>> submitAll(JobBatch batch) {
    List<Submission> answers = new ArrayList<>();
    List<JobRequest> fit = new ArrayList<>();
    for (JobRequest request : batch.requests()) {
      Optional<Refused> refused = refusal(request);
      answers.add(refused.orElse(null));
      if (refused.isEmpty()) {
        fit.add(request);
      }
    }
    if (batch.atomic() && fit.size() < batch.requests().size()) {
      answers.replaceAll(answer -> answer == null ? together() : answer);
      return Future.succeededFuture(answers);
    }
    if (fit.isEmpty()) {
      return Future.succeededFuture(answers);
    }
    List<Lane> lanes =
        fit.stream().map(request -> dispatcher.lane(request.queue()).orElseThrow()).toList();
    List<NewJob> jobs = fit.stream().map(request -> job(request, Optional.empty())).toList();
    return parts
        .store()
        .create(jobs, batch.atomic())
        .map(made -> fill(answers, fit, lanes, made))
        .otherwise(
            away -> {
              answers.replaceAll(answer -> answer == null ? unavailable() : answer);
              return answers;
            });
  }

  private List<Submission> fill(
      List<Submission> answers, List<JobRequest> fit, List<Lane> lanes, List<Creation> made) {
    int next = 0;
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i) == null) {
        answers.set(i, answer(fit.get(next), lanes.get(next), made.get(next)));
        next++;
      }
    }
    return answers;
  }

  private static Submission together() {
    return new Refused(Reason.BATCH_REFUSED, "another job of the batch was refused", Duration.ZERO);
  }

  /** What can be told without the store. */
  private Optional<Refused> refusal(JobRequest request) {
    Optional<Lane> lane = dispatcher.lane(request.queue());
    if (lane.isEmpty()) {
      return Optional.of(
          new Refused(
              Reason.UNKNOWN_QUEUE,
              "queue " + request.queue() + " is not configured",
              Duration.ZERO));
    }
    if (dispatcher.stopping()) {
      return Optional.of(new Refused(Reason.DRAINING, "this node stops", LATER));
    }
    QueueOptions options = lane.get().options();
    int size = request.call().body().length();
    if (size > options.admission().body()) {
      return Optional.of(
          new Refused(
              Reason.TOO_LARGE,
              "the body has "
                  + size
                  + " bytes (expected: up to "
                  + options.admission().body()
                  + ")",
              Duration.ZERO));
    }
    Instant now = parts.clock().instant();
    Instant start = request.terms().runAt().filter(now::isBefore).orElse(now);
    if (!deadline(request, options, start).isAfter(start)) {
      return Optional.of(
          new Refused(Reason.TOO_LATE, "the deadline is before the job may be run", Duration.ZERO));
    }
    return Optional.empty();
  }

  /** The queue's deadline counts from when the job may run: a long delay must not eat it. */
  private static Instant deadline(JobRequest request, QueueOptions options, Instant start) {
    return request.terms().deadline().orElseGet(() -> start.plus(options.deadline()));
  }

  private static int attempts(JobRequest request, QueueOptions options) {
    int wanted = request.terms().maxAttempts();
    return wanted == 0 ? options.retry().attempts() : wanted;
  }

  private NewJob job(JobRequest request, Optional<NewJob.Grant> running) {
    QueueOptions options = dispatcher.lane(request.queue()).orElseThrow().options();
    Instant now = parts.clock().instant();
    Instant start = request.terms().runAt().filter(now::isBefore).orElse(now);
    return new NewJob(
        request,
        request.terms().runAt(),
        deadline(request, options, start),
        attempts(request, options),
        options.aging(),
        options.admission(),
        running);
  }

  private Submission answer(JobRequest request, Lane lane, Creation creation) {
    if (creation instanceof Made made) {
      if (!made.replayed()) {
        lane.meters.enqueued();
      }
      return new Accepted(
          made.id(),
          request.queue(),
          made.state(),
          made.created(),
          parts.store().durability(),
          made.replayed(),
          lane.estimate(),
          made.lease());
    }
    Reason reason = ((Creation.Refused) creation).reason();
    return counted(request, new Refused(reason, detail(request, reason), patience(reason, lane)));
  }

  private Submission counted(JobRequest request, Refused refused) {
    dispatcher
        .lane(request.queue())
        .ifPresent(lane -> lane.meters.refused(refused.reason().label()));
    return refused;
  }

  private static String detail(JobRequest request, Reason reason) {
    return switch (reason) {
      case KEY_REUSED -> "this idempotency key came with another request before";
      case QUEUE_FULL -> "queue " + request.queue() + " is full";
      case DRAINING -> "queue " + request.queue() + " takes no more jobs";
      case DISK_LOW -> "there is too little room for more jobs";
      default -> reason.label();
    };
  }

  private static Duration patience(Reason reason, Lane lane) {
    return switch (reason) {
      case QUEUE_FULL -> lane.estimate();
      case UNAVAILABLE -> AGAIN;
      case DRAINING, DISK_LOW -> LATER;
      default -> Duration.ZERO;
    };
  }
}
