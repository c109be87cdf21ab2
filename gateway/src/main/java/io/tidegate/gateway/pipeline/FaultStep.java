package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Cancellable;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.FaultPlan;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** Makes faults on purpose, next to the call, so that every policy around it feels them. */
record FaultStep(
    FaultPlan plan, TimerWheel wheel, long attemptMillis, RouteMeters meters, Step<Attempt> next)
    implements Step<Attempt> {
  @Override
  public Future<Reply> apply(Attempt attempt) {
    FaultPlan.Fault fault = plan.next(attempt.exchange().head().headers()::get);
    if (fault == FaultPlan.Fault.NONE) {
      return next.apply(attempt);
    }
    attempt.exchange().journal().faultInjected();
    if (fault.delayMillis() == 0) {
      return inject(attempt, fault);
    }
    meters.faultInjected("delay");
    // The attempt's own clock starts with the call; a delay counts against it all the same.
    long remaining = attempt.exchange().remainingMillis();
    long patience = Math.min(attemptMillis - attempt.waitedMillis(), remaining);
    if (fault.delayMillis() >= patience) {
      Failure late = patience == remaining ? Failure.TOTAL_TIMEOUT : Failure.ATTEMPT_TIMEOUT;
      return after(
          attempt.exchange(),
          patience,
          () -> Future.succeededFuture(Reply.Failed.of(late, "a delay was injected")));
    }
    attempt.waited(fault.delayMillis());
    return after(attempt.exchange(), fault.delayMillis(), () -> inject(attempt, fault));
  }

  private Future<Reply> inject(Attempt attempt, FaultPlan.Fault fault) {
    if (fault.reset()) {
      meters.faultInjected("reset");
      return Future.succeededFuture(
          Reply.Failed.of(Failure.CONNECTION_TERMINATED, "a reset was injected"));
    }
    if (fault.abort().isPresent()) {
      meters.faultInjected("abort");
      return Future.succeededFuture(
          new Reply.Answer(
              fault.abort().getAsInt(),
              Map.of(
                  "Proxy-Status",
                  "tidegate; error="
                      + Failure.INJECTED.proxyError()
                      + "; details=\"injected fault\""),
              Buffer.buffer()));
    }
    return next.apply(attempt);
  }

  private Future<Reply> after(
      Exchange exchange, long millis, java.util.function.Supplier<Future<Reply>> then) {
    Promise<Reply> promise = Promise.promise();
    Cancellable[] leave = new Cancellable[1];
    TimerWheel.Timeout timeout =
        wheel.schedule(
            Math.max(1, millis),
            () -> {
              exchange.end(leave[0]);
              then.get().onComplete(promise);
            });
    leave[0] =
        () -> {
          timeout.cancel();
          promise.tryComplete(Reply.Failed.of(Failure.CLIENT_CLOSED, "during an injected delay"));
        };
    exchange.begin(leave[0]);
    return promise.future();
  }
}
