package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Breaker.State;
import io.vertx.circuitbreaker.CircuitBreakerState;
import io.vertx.core.Vertx;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** With real timers: the machine of vertx-circuit-breaker and the breaker agree at each change. */
@ExtendWith(VertxExtension.class)
@Timeout(20_000)
class BreakerOnVertxTest {
  private static final BreakerOptions OPTIONS =
      new BreakerOptions(
          OptionalInt.of(3),
          OptionalDouble.empty(),
          Optional.empty(),
          1,
          Duration.ofSeconds(10),
          10,
          Duration.ofMillis(50),
          Duration.ofMillis(50),
          1);

  private final BlockingQueue<State> changes = new LinkedBlockingQueue<>();
  private final AtomicReference<BreakerMachine.OfVertx> opened = new AtomicReference<>();

  private Breaker breaker(Vertx vertx) {
    return new Breaker(
        OPTIONS,
        (rest, watcher) -> {
          BreakerMachine.OfVertx machine = new BreakerMachine.OfVertx(vertx, "b", rest, watcher);
          opened.set(machine);
          return machine;
        },
        System::nanoTime,
        () -> 0.5,
        Duration.ofSeconds(5),
        (from, to, reason) -> changes.add(to));
  }

  @Test
  void opensRestsAndClosesAfterAGoodProbe(Vertx vertx) throws InterruptedException {
    Breaker breaker = breaker(vertx);
    assertThat(opened.get().state()).isEqualTo(CircuitBreakerState.CLOSED);

    trip(breaker);
    assertThat(next()).isEqualTo(State.OPEN);
    assertThat(breaker.retryAfterMillis()).isBetween(1L, 50L);
    assertThat(next()).isEqualTo(State.HALF_OPEN);
    assertThat(opened.get().state()).isEqualTo(CircuitBreakerState.HALF_OPEN);

    breaker.succeeded(breaker.tryAcquire(), 1);

    assertThat(next()).isEqualTo(State.CLOSED);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(opened.get().state()).isEqualTo(CircuitBreakerState.CLOSED);
  }

  @Test
  void closedByHandAndOpenedAgainItRestsAnewInFull(Vertx vertx) throws InterruptedException {
    Breaker breaker = breaker(vertx);
    trip(breaker);
    breaker.close();
    long began = System.nanoTime();
    trip(breaker);

    assertThat(next()).isEqualTo(State.OPEN);
    assertThat(next()).isEqualTo(State.CLOSED);
    assertThat(next()).isEqualTo(State.OPEN);
    assertThat(next()).isEqualTo(State.HALF_OPEN);
    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(49_000_000);
  }

  @Test
  void isolatedTheMachineIsOpen(Vertx vertx) throws InterruptedException {
    Breaker breaker = breaker(vertx);

    breaker.isolate();

    assertThat(next()).isEqualTo(State.ISOLATED);
    assertThat(opened.get().state()).isEqualTo(CircuitBreakerState.OPEN);
  }

  private State next() throws InterruptedException {
    return changes.poll(10, TimeUnit.SECONDS);
  }

  private static void trip(Breaker breaker) {
    for (int i = 0; i < 3; i++) {
      breaker.failed(breaker.tryAcquire(), 1, 0);
    }
  }
}
