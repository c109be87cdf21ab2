package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Bulkhead.Admission;
import io.tidegate.gateway.resilience.Bulkhead.Waiter;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Four event loops fight for a few places. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class BulkheadOnVertxTest {
  private static final int LOOPS = 4;
  private static final int CALLS = 5_000;
  private static final int LIMIT = 7;

  private final Bulkhead bulkhead = new Bulkhead(LIMIT, 20, Duration.ofMillis(15));
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger mostInside = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> wrongThread = new ConcurrentLinkedQueue<>();
  private final Map<Admission, AtomicInteger> ends = new EnumMap<>(Admission.class);

  @Test
  void theLimitHoldsAndEveryPlaceComesBack(Vertx vertx) throws Exception {
    for (Admission end : Admission.values()) {
      ends.put(end, new AtomicInteger());
    }
    AtomicInteger seed = new AtomicInteger();
    ConcurrentLinkedQueue<Future<Void>> loops = new ConcurrentLinkedQueue<>();

    vertx
        .deployVerticle(
            () -> {
              Caller caller = new Caller(seed.incrementAndGet());
              loops.add(caller.finished.future());
              return caller;
            },
            new DeploymentOptions().setInstances(LOOPS))
        .await(20, TimeUnit.SECONDS);
    for (Future<Void> loop : loops) {
      loop.await(40, TimeUnit.SECONDS);
    }

    assertThat(ends.values().stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(LOOPS * CALLS);
    assertThat(ends.get(Admission.ADMITTED).get()).isPositive();
    assertThat(ends.get(Admission.LEFT).get()).isPositive();
    assertThat(mostInside).hasValue(LIMIT);
    assertThat(wrongThread).isEmpty();
    assertThat(bulkhead.inFlight()).isZero();
    assertThat(bulkhead.waiting()).isZero();
  }

  private final class Caller extends VerticleBase {
    final Promise<Void> finished = Promise.promise();
    private final SplittableRandom random;
    private TimerWheel timers;
    private Thread loop;
    private int ended;

    Caller(int seed) {
      random = new SplittableRandom(seed);
    }

    @Override
    public Future<?> start() {
      timers = TimerWheel.create(vertx);
      loop = Thread.currentThread();
      context.runOnContext(go -> callSome(CALLS));
      return Future.succeededFuture();
    }

    private void callSome(int left) {
      int batch = Math.min(left, 1 + random.nextInt(20));
      for (int i = 0; i < batch; i++) {
        call(context);
      }
      if (left > batch) {
        context.runOnContext(go -> callSome(left - batch));
      }
    }

    private void call(Context context) {
      if (bulkhead.tryAcquire()) {
        enter();
        return;
      }
      Waiter waiter = bulkhead.acquire(context, timers, random.nextInt(4));
      waiter.admission().onSuccess(this::answered);
      if (random.nextInt(4) == 0) {
        context.runOnContext(soon -> waiter.leave());
      }
    }

    private void answered(Admission how) {
      if (Thread.currentThread() != loop) {
        wrongThread.add(Thread.currentThread().getName());
      }
      if (how == Admission.ADMITTED) {
        enter();
      } else {
        end(how);
      }
    }

    private void enter() {
      mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
      Runnable leave =
          () -> {
            inside.decrementAndGet();
            bulkhead.release();
            end(Admission.ADMITTED);
          };
      if (random.nextInt(50) == 0) {
        timers.schedule(1, leave);
      } else {
        context.runOnContext(soon -> leave.run());
      }
    }

    private void end(Admission how) {
      ends.get(how).incrementAndGet();
      if (++ended == CALLS) {
        finished.complete();
      }
    }
  }
}
