package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
@Timeout(10_000)
class TimerWheelOnVertxTest {
  @Test
  void firesOnItsOwnLoopAndNotEarly(Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(
        start -> {
          Thread loop = Thread.currentThread();
          TimerWheel wheel = TimerWheel.create(vertx);
          long began = System.nanoTime();
          wheel.schedule(
              35,
              () ->
                  test.verify(
                      () -> {
                        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(35_000_000);
                        assertThat(Thread.currentThread()).isSameAs(loop);
                        test.completeNow();
                      }));
        });
  }

  @Test
  void startsAgainAfterItHasStopped(Vertx vertx, VertxTestContext test) {
    vertx.runOnContext(
        start -> {
          TimerWheel wheel = TimerWheel.create(vertx);
          wheel.schedule(
              1, () -> vertx.setTimer(60, later -> wheel.schedule(1, test::completeNow)));
        });
  }
}
