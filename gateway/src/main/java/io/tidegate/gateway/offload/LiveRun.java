package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Cancellable;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.worker.api.JobRequest;
import io.tidegate.worker.api.Outcome;
import io.tidegate.worker.api.Submission;
import io.tidegate.worker.api.Submission.Accepted;
import io.tidegate.worker.api.Submission.Refused;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;

/**
 * A request that is called at once, and whose very call becomes a job's first run when it takes
 * longer than its client waits, when the client leaves, or when it fails in a way that is worth
 * another run. What ends before that is the client's answer, and there is no job.
 *
 * <p>When no job is made of it any more, because the queue is full or the store is away, nothing is
 * broken off that may have happened already: the client waits on, as long as its route's total
 * timeout says, and gets whatever comes. Without a client the call goes on to its end.
 */
final class LiveRun implements LiveAnswer.Listener {
  private enum State {
    /** It may be the client's answer, or a job's run. */
    WAITING,
    /** It is being made a job. */
    PROMOTING,
    /** It is a job's run. */
    JOB,
    /** It is not going to be a job's. */
    ALONE,
    /** Nobody waits for it any more. */
    OVER
  }

  private final Intake intake;
  private final LiveCalls live;
  private final JobRequest job;
  private final JobRoute route;
  private final Exchange client;
  private final Exchange call;
  private final long holdUntil;
  private final Promise<Optional<Reply>> answer = Promise.promise();
  private final Promise<Outcome> running = Promise.promise();
  private final Cancellable leave = this::left;
  private State state = State.WAITING;
  private long timer = -1;
  private LiveAnswer body;
  private Outcome outcome;
  private Reply reply;
  private Accepted accepted;
  private Refused refused;
  private boolean recorded;

  LiveRun(
      Intake intake,
      LiveCalls live,
      JobRequest job,
      JobRoute route,
      Exchange client,
      Duration hold) {
    this.intake = intake;
    this.live = live;
    this.job = job;
    this.route = route;
    this.client = client;
    this.call = live.calls().exchange(intake.first(job), route, job.id() + "/live");
    this.holdUntil = System.nanoTime() + hold.toNanos();
  }

  /**
   * Begins the call.
   *
   * @return what to answer: the upstream's answer, or empty when there is a job, that of {@link
   *     #accepted}
   */
  Future<Optional<Reply>> begin() {
    arm(Math.max(1, millisLeft()));
    client.begin(leave);
    Future.succeededFuture()
        .compose(any -> route.pipeline().apply(call))
        .onComplete(this::replied, this::failed);
    return answer.future();
  }

  /** The job that it became; null: none. */
  Accepted accepted() {
    return accepted;
  }

  /** Milliseconds that its client still waits; 0 or less: none. */
  long millisLeft() {
    return (holdUntil - System.nanoTime()) / 1_000_000;
  }

  private void arm(long millis) {
    live.vertx().cancelTimer(timer);
    timer = live.vertx().setTimer(Math.max(1, millis), late -> late());
  }

  private void late() {
    if (state == State.WAITING) {
      promote();
    } else if (state == State.ALONE) {
      giveUp();
    }
  }

  private void left() {
    if (state == State.WAITING) {
      promote();
    } else if (state == State.ALONE) {
      arm(call.remainingMillis());
    }
  }

  private void failed(Throwable mistake) {
    Reply.Failed said = Reply.Failed.of(Failure.INTERNAL, "");
    Ends.note(call, said);
    ended(Outcome.retry("error", String.valueOf(mistake.getMessage())), said);
  }

  private void replied(Reply got) {
    if (got instanceof Reply.Proxied proxied) {
      call.journal().answered(RequestFacts.Source.UPSTREAM, proxied.status());
      body = LiveAnswer.of(proxied, intake.options().maxResult(), this);
      body.begin();
    } else {
      Ends.note(call, got);
      ended(Ends.of(got, call.isCancelled()), got);
    }
  }

  @Override
  public void whole() {
    var retryAfter = Ends.retryAfter(body.headers());
    ended(Outcome.ofStatus(body.result(route.options()), retryAfter), body);
  }

  @Override
  public void broken(Failure failure) {
    call.journal().failed(failure, "in the body");
    Reply.Failed said = Reply.Failed.of(failure, "in the body");
    ended(Ends.of(said, call.isCancelled()), said);
  }

  @Override
  public void tooLarge() {
    if (state == State.JOB) {
      body.drop();
    } else if (!client.isCancelled() && (state == State.WAITING || state == State.ALONE)) {
      inPlace(body);
    } else if (state != State.PROMOTING) {
      body.drop();
    }
  }

  @Override
  public void passed() {
    live.jobs().leave(job.id());
    over(client.isCancelled());
  }

  private void ended(Outcome how, Reply what) {
    outcome = how;
    reply = what;
    running.complete(how);
    boolean definitive = how instanceof Outcome.Succeeded || how instanceof Outcome.Failed;
    switch (state) {
      case WAITING -> {
        if (definitive) {
          inPlace(what);
        } else {
          promote();
        }
      }
      case JOB -> landed();
      case ALONE -> inPlace(what);
      case OVER -> over(true);
      case PROMOTING -> {} // Whose end it is will be known in a moment.
    }
  }

  /** The end of the call is the client's answer. */
  private void inPlace(Reply what) {
    state = State.OVER;
    live.vertx().cancelTimer(timer);
    client.end(leave);
    client.adopt(call);
    if (what != body) {
      passed();
    }
    disown();
    answer.complete(Optional.of(what));
  }

  /** Where it is not known whether there is a job: should there be one, it is not done again. */
  private void disown() {
    if (refused != null && refused.reason() == Submission.Reason.UNAVAILABLE) {
      live.jobs().cancel(job.id());
    }
  }

  private void promote() {
    state = State.PROMOTING;
    live.vertx().cancelTimer(timer);
    live.jobs()
        .adopt(job, running.future())
        .onComplete(this::submitted, away -> submitted(unavailable()));
  }

  private static Refused unavailable() {
    return new Refused(Submission.Reason.UNAVAILABLE, "the jobs do not answer", Duration.ZERO);
  }

  private void submitted(Submission how) {
    if (how instanceof Accepted job) {
      adopted(job);
    } else {
      refused = (Refused) how;
      alone();
    }
  }

  private void adopted(Accepted now) {
    state = State.JOB;
    accepted = now;
    client.end(leave);
    client.journal().job(job.id().toString());
    call.journal().job(job.id().toString());
    if (outcome != null) {
      landed();
    } else {
      now.lease().ifPresent(lease -> live.adopted().put(lease, call));
      if (body != null && body.isTooLarge()) {
        body.drop();
      }
    }
    answer.complete(Optional.empty());
  }

  /** The job's first run is over: its end is on its way to the jobs. */
  private void landed() {
    state = State.OVER;
    accepted.lease().ifPresent(live.adopted()::remove);
    over(true);
  }

  private void over(boolean logged) {
    if (!recorded) {
      recorded = true;
      live.calls().over(call, logged);
    }
  }

  private void alone() {
    state = State.ALONE;
    if (outcome != null) {
      inPlace(reply);
    } else if (body != null && body.isTooLarge()) {
      tooLarge();
    } else {
      arm(client.isCancelled() ? call.remainingMillis() : client.remainingMillis());
    }
  }

  /** As long as the route gives any of its calls, and nothing came. */
  private void giveUp() {
    state = State.OVER;
    client.end(leave);
    live.jobs().leave(job.id());
    disown();
    String why = "and no job was made of it: " + refused.detail();
    answer.complete(Optional.of(Reply.Failed.of(Failure.TOTAL_TIMEOUT, why)));
    call.cancel();
  }
}
