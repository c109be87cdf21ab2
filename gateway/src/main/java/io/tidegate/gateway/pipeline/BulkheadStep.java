package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Cancellable;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Journal;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.AdaptiveLimit;
import io.tidegate.gateway.resilience.Bulkhead;
import io.tidegate.gateway.resilience.TimerWheel;
import io.vertx.core.Context;
import io.vertx.core.Future;

/**
 * Keeps the calls in flight to an upstream below its limit. A place is held until the head of the
 * answer: how many bodies may be open is the pool's limit.
 *
 * @param adaptive what moves the limit; null: it stays
 * @param attemptMillis how long an attempt may take, waiting here included
 */
record BulkheadStep(
    Bulkhead bulkhead,
    AdaptiveLimit adaptive,
    Context context,
    TimerWheel wheel,
    int priority,
    long attemptMillis,
    Step<Attempt> next)
    implements Step<Attempt> {
  @Override
  public Future<Reply> apply(Attempt attempt) {
    if (bulkhead.tryAcquire()) {
      return admitted(attempt);
    }
    Exchange exchange = attempt.exchange();
    exchange.journal().phase(Journal.Phase.QUEUED);
    long started = System.nanoTime();
    Bulkhead.Waiter waiter = bulkhead.acquire(context, wheel, priority);
    Cancellable leave = waiter::leave;
    exchange.begin(leave);
    // The line has a limit of its own, which may be further away than the attempt's end.
    long patience = Math.min(attemptMillis, exchange.remainingMillis());
    TimerWheel.Timeout deadline = wheel.schedule(Math.max(1, patience), waiter::leave);
    return waiter
        .admission()
        .compose(
            admission -> {
              exchange.end(leave);
              deadline.cancel();
              long queued = System.nanoTime() - started;
              exchange.journal().queued(queued);
              attempt.waited(queued / 1_000_000);
              return admission == Bulkhead.Admission.ADMITTED
                  ? admitted(attempt)
                  : Future.succeededFuture(refused(admission, exchange));
            });
  }

  private Future<Reply> admitted(Attempt attempt) {
    if (adaptive == null) {
      return next.apply(attempt).onComplete(done -> bulkhead.release());
    }
    long started = System.nanoTime();
    return next.apply(attempt)
        .onComplete(
            done -> {
              if (done.succeeded() && Judgement.tellsLatency(done.result())) {
                adaptive.record(System.nanoTime() - started, bulkhead.inFlight());
              }
              bulkhead.release();
            });
  }

  private static Reply refused(Bulkhead.Admission admission, Exchange exchange) {
    return switch (admission) {
      case SHED -> new Reply.Failed(Failure.SHED, "", 1000, true);
      case LEFT -> Reply.Failed.unsent(whyLeft(exchange), "while queued");
      case QUEUE_FULL -> new Reply.Failed(Failure.BULKHEAD_FULL, "the queue is full", 1000, true);
      default -> new Reply.Failed(Failure.BULKHEAD_FULL, "waited too long", 1000, true);
    };
  }

  private static Failure whyLeft(Exchange exchange) {
    if (exchange.isCancelled()) {
      return Failure.CLIENT_CLOSED;
    }
    return exchange.remainingMillis() <= 0 ? Failure.TOTAL_TIMEOUT : Failure.BULKHEAD_FULL;
  }
}
