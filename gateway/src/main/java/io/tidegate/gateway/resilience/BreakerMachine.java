package io.tidegate.gateway.resilience;

import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Vertx;

/**
 * The state machine beneath a {@link Breaker}: goes from closed to open when told, from open to
 * half-open by itself after its rest, and from there to closed when told. Used for one opening.
 */
interface BreakerMachine {
  /** For a rest that only ends by hand. */
  long UNTIL_TOLD = -1;

  void open();

  /** Only from half-open. */
  void close();

  /** Hears of each change, on the thread that makes it. */
  interface Watcher {
    void opened();

    void halfOpened();

    void closed();
  }

  /** Makes a closed machine that will rest for {@code restMillis} once it is opened. */
  interface Maker {
    BreakerMachine make(long restMillis, Watcher watcher);
  }

  /**
   * The machine of vertx-circuit-breaker.
   *
   * <p>It counts nothing and runs no call: its failure counter is cleared by any success, and it
   * takes a lock per call. Each opening has one of its own, for three reasons. The rest is fixed
   * when it is made, but ours grows from opening to opening. Its timer cannot be cancelled: closed
   * by hand and opened again, it would end the second rest with the first one's timer. And it
   * cannot be closed while open, which an operator may wish to do. What is left behind is garbage
   * as soon as its timer has run.
   */
  final class OfVertx implements BreakerMachine {
    private final CircuitBreaker breaker;

    OfVertx(Vertx vertx, String name, long restMillis, Watcher watcher) {
      CircuitBreakerOptions options =
          new CircuitBreakerOptions()
              .setTimeout(-1)
              .setMaxFailures(Integer.MAX_VALUE)
              .setResetTimeout(restMillis);
      breaker =
          CircuitBreaker.create(name, vertx, options)
              .openHandler(event -> watcher.opened())
              .halfOpenHandler(event -> watcher.halfOpened())
              .closeHandler(event -> watcher.closed());
    }

    @Override
    public void open() {
      breaker.open();
    }

    @Override
    public void close() {
      breaker.reset();
    }

    CircuitBreakerState state() {
      return breaker.state();
    }
  }
}
