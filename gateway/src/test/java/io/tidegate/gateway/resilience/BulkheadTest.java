package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Bulkhead.Admission;
import io.tidegate.gateway.resilience.Bulkhead.Waiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BulkheadTest {
  private static final int LOW = 0;
  private static final int NORMAL = 1;
  private static final int HIGH = 2;

  private final ManualClock clock = new ManualClock();
  private final ManualMotor motor = new ManualMotor();
  private final TimerWheel timers = new TimerWheel(motor, clock);
  private final Deque<Runnable> loop = new ArrayDeque<>();
  private final Bulkhead bulkhead = new Bulkhead(2, 2, Duration.ofMillis(100));

  @Test
  void admitsUpToItsLimit() {
    assertThat(bulkhead.tryAcquire()).isTrue();
    assertThat(bulkhead.tryAcquire()).isTrue();
    assertThat(bulkhead.tryAcquire()).isFalse();

    bulkhead.release();

    assertThat(bulkhead.tryAcquire()).isTrue();
    assertThat(bulkhead.inFlight()).isEqualTo(2);
  }

  @Test
  void answersAtOnceWhenAPlaceIsFree() {
    assertThat(ask(NORMAL).admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(timers.size()).isZero();
  }

  @Test
  void thoseWhoWaitAreServedInTheirOrderAndNobodyOvertakesThem() {
    fill();
    Waiter first = ask(NORMAL);
    Waiter second = ask(HIGH);

    bulkhead.release();
    assertThat(bulkhead.tryAcquire()).isFalse();
    runLoop();

    assertThat(first.admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(second.admission().isComplete()).isFalse();
    assertThat(bulkhead.inFlight()).isEqualTo(2);
    assertThat(bulkhead.waiting()).isEqualTo(1);
    assertThat(timers.size()).isEqualTo(1);
  }

  @Test
  void aGroupThatHoldsHalfOfThePlacesLetsOthersPass() {
    fill();
    var held = new AtomicInteger(1);
    Waiter member = bulkhead.acquire(loop::add, timers, NORMAL, held);
    Waiter other = ask(NORMAL);

    bulkhead.release();
    runLoop();

    assertThat(other.admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(member.admission().isComplete()).isFalse();
  }

  @Test
  void aGroupGetsAllPlacesThatNobodyElseWaitsFor() {
    fill();
    var held = new AtomicInteger(2);
    Waiter member = bulkhead.acquire(loop::add, timers, NORMAL, held);

    bulkhead.release();
    runLoop();

    assertThat(member.admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(held).hasValue(3);
  }

  @Test
  void aPlaceThatCameTooLateIsTakenOffTheGroup() {
    fill();
    var held = new AtomicInteger();
    Waiter member = bulkhead.acquire(loop::add, timers, NORMAL, held);

    bulkhead.release();
    assertThat(member.leave()).isTrue();

    assertThat(held).hasValue(0);
    assertThat(bulkhead.inFlight()).isEqualTo(1);
  }

  @Test
  void refusesWhenTheLineIsFull() {
    fill();
    ask(NORMAL);
    ask(NORMAL);

    assertThat(ask(NORMAL).admission().result()).isEqualTo(Admission.QUEUE_FULL);
    assertThat(bulkhead.waiting()).isEqualTo(2);
  }

  @Test
  void refusesAtOnceWhenThereIsNoLine() {
    Bulkhead strict = new Bulkhead(1, 0, Duration.ofMillis(100));
    strict.tryAcquire();

    Waiter refused = strict.acquire(loop::add, timers, HIGH);

    assertThat(refused.admission().result()).isEqualTo(Admission.QUEUE_FULL);
  }

  @Test
  void aWaiterIsTurnedAwayWhenItHasWaitedForTooLong() {
    fill();
    Waiter waiter = ask(NORMAL);
    pass(99);
    assertThat(waiter.admission().isComplete()).isFalse();

    pass(1);

    assertThat(waiter.admission().result()).isEqualTo(Admission.WAITED_TOO_LONG);
    assertThat(bulkhead.waiting()).isZero();
    bulkhead.release();
    assertThat(bulkhead.inFlight()).isEqualTo(1);
  }

  @Test
  void aWaiterThatLeavesMakesRoomAtOnce() {
    fill();
    Waiter first = ask(NORMAL);
    Waiter second = ask(NORMAL);

    assertThat(first.leave()).isTrue();

    assertThat(first.admission().result()).isEqualTo(Admission.LEFT);
    assertThat(bulkhead.waiting()).isEqualTo(1);
    bulkhead.release();
    runLoop();
    assertThat(second.admission().result()).isEqualTo(Admission.ADMITTED);
  }

  @Test
  void aPlaceAssignedToOneWhoLeavesBeforeHearingOfItGoesToTheNext() {
    fill();
    Waiter first = ask(NORMAL);
    Waiter second = ask(NORMAL);
    bulkhead.release();

    assertThat(first.leave()).isTrue();
    runLoop();

    assertThat(first.admission().result()).isEqualTo(Admission.LEFT);
    assertThat(second.admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(bulkhead.inFlight()).isEqualTo(2);
  }

  @Test
  void afterTheAnswerLeavingComesTooLate() {
    Waiter admitted = ask(NORMAL);

    assertThat(admitted.leave()).isFalse();
    assertThat(bulkhead.inFlight()).isEqualTo(1);
  }

  @Test
  void aPlaceAssignedJustBeforeTheWaitIsOverIsKept() {
    fill();
    Waiter waiter = ask(NORMAL);
    bulkhead.release();

    pass(100);

    assertThat(waiter.admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(bulkhead.inFlight()).isEqualTo(2);
  }

  @Test
  void inAFullLineAHigherPriorityDisplacesTheNewestOfTheLowest() {
    Bulkhead wide = new Bulkhead(1, 4, Duration.ofMillis(100));
    wide.tryAcquire();
    Waiter[] waiters = new Waiter[4];
    int[] priorities = {LOW, NORMAL, LOW, NORMAL};
    for (int i = 0; i < 4; i++) {
      waiters[i] = wide.acquire(loop::add, timers, priorities[i]);
    }

    Waiter high = wide.acquire(loop::add, timers, HIGH);
    runLoop();

    assertThat(waiters[2].admission().result()).isEqualTo(Admission.SHED);
    assertThat(waiters[0].admission().isComplete()).isFalse();
    assertThat(high.admission().isComplete()).isFalse();
    assertThat(wide.waiting()).isEqualTo(4);
    assertThat(timers.size()).isEqualTo(4);
  }

  @Test
  void nobodyIsDisplacedByAnEqual() {
    fill();
    ask(HIGH);
    ask(HIGH);

    assertThat(ask(HIGH).admission().result()).isEqualTo(Admission.QUEUE_FULL);
  }

  @Test
  void aHigherLimitAdmitsThoseWhoWait() {
    fill();
    Waiter first = ask(NORMAL);
    Waiter second = ask(NORMAL);

    bulkhead.setLimit(3);
    runLoop();

    assertThat(first.admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(second.admission().isComplete()).isFalse();
  }

  @Test
  void aLowerLimitIsReachedAsPlacesAreGivenBack() {
    fill();
    Waiter waiter = ask(NORMAL);
    bulkhead.setLimit(1);

    bulkhead.release();
    runLoop();
    assertThat(waiter.admission().isComplete()).isFalse();

    bulkhead.release();
    runLoop();
    assertThat(waiter.admission().result()).isEqualTo(Admission.ADMITTED);
    assertThat(bulkhead.inFlight()).isEqualTo(1);
  }

  private Waiter ask(int priority) {
    return bulkhead.acquire(loop::add, timers, priority);
  }

  private void fill() {
    assertThat(bulkhead.tryAcquire()).isTrue();
    assertThat(bulkhead.tryAcquire()).isTrue();
  }

  private void pass(long millis) {
    clock.advanceMillis(millis);
    motor.turn();
    runLoop();
  }

  private void runLoop() {
    while (!loop.isEmpty()) {
      loop.poll().run();
    }
  }
}
