package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.gateway.resilience.TimerWheel.Timeout;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private final List<String> ran = new ArrayList<>();
  private ManualClock clock;
  private ManualMotor motor;
  private TimerWheel wheel;

  @BeforeTry
  @BeforeEach
  void freshWheel() {
    clock = new ManualClock();
    motor = new ManualMotor();
    wheel = new TimerWheel(motor, clock);
    ran.clear();
  }

  @Test
  void doesNotFireBeforeTheDelayHasPassed() {
    clock.advanceMillis(7);
    wheel.schedule(20, () -> ran.add("a"));

    passMillis(19);
    assertThat(ran).isEmpty();

    passMillis(1);
    assertThat(ran).containsExactly("a");
  }

  @Test
  void firesAfterSeveralTurnsOfTheWheel() {
    wheel.schedule(60_000, () -> ran.add("late"));

    for (int i = 0; i < 5_999; i++) {
      passMillis(10);
    }
    assertThat(ran).isEmpty();
    passMillis(10);

    assertThat(ran).containsExactly("late");
  }

  @Test
  void catchesUpWhenTheLoopWasHeldUpForLongerThanOneTurn() {
    wheel.schedule(30, () -> ran.add("a"));
    wheel.schedule(7_000, () -> ran.add("b"));
    wheel.schedule(100_000, () -> ran.add("c"));

    passMillis(50_000);

    assertThat(ran).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aCancelledTimeoutDoesNotFire() {
    Timeout timeout = wheel.schedule(20, () -> ran.add("a"));

    assertThat(timeout.cancel()).isTrue();
    assertThat(timeout.cancel()).isFalse();
    passMillis(1_000);

    assertThat(ran).isEmpty();
    assertThat(timeout.isRunning()).isFalse();
  }

  @Test
  void aTimeoutStartedAnewFiresOnceAtTheLaterTime() {
    Timeout timeout = wheel.schedule(20, () -> ran.add("a"));
    passMillis(15);
    timeout.restart(20);

    passMillis(15);
    assertThat(ran).isEmpty();
    passMillis(5);
    passMillis(500);

    assertThat(ran).containsExactly("a");
  }

  @Test
  void aTaskMayCancelAnotherThatIsDueAtTheSameTime() {
    Timeout[] second = new Timeout[1];
    wheel.schedule(20, () -> assertThat(second[0].cancel()).isTrue());
    second[0] = wheel.schedule(20, () -> ran.add("b"));
    wheel.schedule(20, () -> ran.add("c"));

    passMillis(20);

    assertThat(ran).containsExactly("c");
    assertThat(wheel.size()).isZero();
  }

  @Test
  void aTaskThatSetsATimeoutWithoutDelayDoesNotRunForEver() {
    wheel.schedule(0, () -> wheel.schedule(0, () -> ran.add("next")));

    passMillis(10);
    assertThat(ran).isEmpty();
    passMillis(10);

    assertThat(ran).containsExactly("next");
  }

  @Test
  void aTaskThatThrowsDoesNotHarmTheOthers() {
    wheel.schedule(
        10,
        () -> {
          throw new IllegalStateException("first");
        });
    wheel.schedule(10, () -> ran.add("b"));

    assertThatThrownBy(() -> passMillis(10)).hasMessage("first");

    assertThat(ran).containsExactly("b");
    assertThat(wheel.size()).isZero();
  }

  @Test
  void turnsOnlyWhileSomethingIsWaiting() {
    assertThat(motor.isTurning()).isFalse();
    Timeout timeout = wheel.schedule(1_000, () -> ran.add("a"));
    assertThat(motor.isTurning()).isTrue();

    timeout.cancel();
    passMillis(10);
    assertThat(motor.isTurning()).isFalse();

    clock.advanceMillis(60_000);
    wheel.schedule(20, () -> ran.add("b"));
    passMillis(20);
    assertThat(ran).containsExactly("b");
    assertThat(motor.starts()).isEqualTo(2);
  }

  @Test
  void theLongestDelayNeverFires() {
    wheel.schedule(Long.MAX_VALUE, () -> ran.add("never"));

    passMillis(1_000_000_000);

    assertThat(ran).isEmpty();
  }

  sealed interface Step {
    record Set(long delay) implements Step {}

    record Cancel(int which) implements Step {}

    record Restart(int which, long delay) implements Step {}

    record Pass(long nanos) implements Step {}
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> delay =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.longs().between(-5, 120)),
            Tuple.of(1, Arbitraries.longs().between(0, 30_000)));
    Arbitrary<Integer> which = Arbitraries.integers().between(0, 50);
    Arbitrary<Long> nanos =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.longs().between(1, 15_000_000)),
            Tuple.of(1, Arbitraries.longs().between(1, 20_000_000_000L)));
    return Arbitraries.<Step>oneOf(
            delay.map(Step.Set::new),
            which.map(Step.Cancel::new),
            Combinators.combine(which, delay).as(Step.Restart::new),
            nanos.map(Step.Pass::new))
        .list()
        .ofMaxSize(120);
  }

  /** The model: a list of times; whoever's time has come is gone at the next wake-up. */
  @Property(tries = 500)
  void firesWhatAListOfTimesSaysIsDue(@ForAll("steps") List<Step> steps) {
    List<Timeout> timeouts = new ArrayList<>();
    List<Long> due = new ArrayList<>();
    List<Integer> fired = new ArrayList<>();
    long now = 0;
    for (Step step : steps) {
      if (step instanceof Step.Set set) {
        int id = timeouts.size();
        timeouts.add(wheel.schedule(set.delay(), () -> fired.add(id)));
        due.add(now + Math.max(0, set.delay()) * 1_000_000);
      } else if (step instanceof Step.Cancel cancel && cancel.which() < timeouts.size()) {
        boolean waiting = due.get(cancel.which()) != null;
        assertThat(timeouts.get(cancel.which()).cancel()).isEqualTo(waiting);
        due.set(cancel.which(), null);
      } else if (step instanceof Step.Restart again && again.which() < timeouts.size()) {
        timeouts.get(again.which()).restart(again.delay());
        due.set(again.which(), now + Math.max(0, again.delay()) * 1_000_000);
      } else if (step instanceof Step.Pass pass) {
        now += pass.nanos();
        clock.advanceNanos(pass.nanos());
        fired.clear();
        motor.turn();
        assertThat(fired).containsExactlyInAnyOrderElementsOf(takeDue(due, now));
      }
      assertThat(wheel.size()).isEqualTo((int) due.stream().filter(d -> d != null).count());
      assertThat(motor.isTurning() || wheel.size() == 0).isTrue();
    }
  }

  private static List<Integer> takeDue(List<Long> due, long now) {
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < due.size(); i++) {
      if (due.get(i) != null && due.get(i) <= now) {
        taken.add(i);
        due.set(i, null);
      }
    }
    return taken;
  }

  private void passMillis(long millis) {
    clock.advanceMillis(millis);
    motor.turn();
  }
}
