package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BreakerUnderThreadsTest {
  private static final int THREADS = 4;
  private static final int PROBES = 3;
  private static final BreakerOptions OPTIONS =
      new BreakerOptions(
          OptionalInt.empty(),
          OptionalDouble.of(0.5),
          Optional.empty(),
          1,
          Duration.ofSeconds(10),
          10,
          Duration.ofMillis(100),
          Duration.ofMillis(100),
          PROBES);

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final ManualClock clock = new ManualClock();
  private final ManualMachines machines = new ManualMachines(clock);
  private final ConcurrentLinkedQueue<State> changes = new ConcurrentLinkedQueue<>();
  private final Breaker breaker =
      new Breaker(
          OPTIONS,
          machines,
          clock,
          () -> 0.5,
          Duration.ofSeconds(10),
          (from, to, reason) -> changes.add(to));

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @Test
  void opensOnceHoweverManyThreadsFailAtTheSameTime() throws Exception {
    for (int round = 0; round < 200; round++) {
      changes.clear();
      together(
          () -> {
            for (int i = 0; i < 20; i++) {
              breaker.failed(breaker.tryAcquire(), 1, 0);
            }
            return null;
          });
      assertThat(changes).containsExactly(State.OPEN);
      breaker.close();
    }
  }

  @Test
  void halfOpenLetsThroughNoMoreThanItsProbesAndClosesOnceAllAreGood() throws Exception {
    for (int round = 0; round < 200; round++) {
      for (int i = 0; i < 10; i++) {
        breaker.failed(breaker.tryAcquire(), 1, 0);
      }
      clock.advanceMillis(100);
      machines.tick();
      List<Long> probes = new ArrayList<>();
      for (List<Long> mine : together(this::takeAll)) {
        probes.addAll(mine);
      }
      assertThat(probes).hasSize(PROBES).doesNotHaveDuplicates();

      ConcurrentLinkedQueue<Long> open = new ConcurrentLinkedQueue<>(probes);
      together(
          () -> {
            for (Long probe = open.poll(); probe != null; probe = open.poll()) {
              breaker.succeeded(probe, 1);
            }
            return null;
          });
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }
  }

  private List<Long> takeAll() {
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      long token = breaker.tryAcquire();
      if (token != Breaker.REFUSED) {
        taken.add(token);
      }
    }
    return taken;
  }

  private <T> List<T> together(Callable<T> task) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<T>> running = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      running.add(
          threads.submit(
              () -> {
                start.await(10, TimeUnit.SECONDS);
                return task.call();
              }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> each : running) {
      results.add(each.get(10, TimeUnit.SECONDS));
    }
    return results;
  }
}
