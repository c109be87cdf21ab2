package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final BreakerOptions OPTIONS =
      new BreakerOptions(
          OptionalInt.empty(),
          OptionalDouble.of(0.5),
          Optional.of(Duration.ofMillis(500)),
          0.8,
          Duration.ofSeconds(10),
          10,
          Duration.ofSeconds(1),
          Duration.ofSeconds(6),
          2);
  private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(500);

  private final ManualClock clock = new ManualClock();
  private final ManualMachines machines = new ManualMachines(clock);
  private final List<String> changes = new ArrayList<>();

  private Breaker breaker(BreakerOptions options) {
    return new Breaker(
        options,
        machines,
        clock,
        () -> 0.5,
        Duration.ofSeconds(3),
        (from, to, reason) -> changes.add(from + " " + to + " " + reason));
  }

  private final Breaker breaker = breaker(OPTIONS);

  @Test
  void opensWhenHalfOfTheCallsFailAlthoughSuccessesLieBetween() {
    for (int i = 0; i < 5; i++) {
      succeed(breaker);
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
      fail(breaker);
    }

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    assertThat(changes).containsExactly("CLOSED OPEN FAILURE_RATE");
  }

  @Test
  void staysClosedBelowTheMinimumOfCalls() {
    times(9, () -> fail(breaker));

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void forgetsFailuresThatHaveLeftTheWindow() {
    times(9, () -> fail(breaker));
    clock.advanceMillis(10_000);

    fail(breaker);

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void opensOnConsecutiveFailuresWhateverTheMinimumOfCalls() {
    Breaker impatient =
        breaker(
            new BreakerOptions(
                OptionalInt.of(3),
                OptionalDouble.empty(),
                Optional.empty(),
                1,
                OPTIONS.window(),
                100,
                OPTIONS.reset(),
                OPTIONS.resetMax(),
                1));
    times(2, () -> fail(impatient));
    succeed(impatient);
    times(2, () -> fail(impatient));
    assertThat(impatient.state()).isEqualTo(State.CLOSED);

    fail(impatient);

    assertThat(changes).containsExactly("CLOSED OPEN CONSECUTIVE_FAILURES");
  }

  @Test
  void opensWhenMostCallsAreSlowAlthoughAllSucceed() {
    times(2, () -> succeed(breaker));
    times(7, () -> breaker.succeeded(breaker.tryAcquire(), SLOW));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);

    breaker.succeeded(breaker.tryAcquire(), SLOW);

    assertThat(changes).containsExactly("CLOSED OPEN SLOW_RATE");
  }

  @Test
  void neutralResultsCountForNothing() {
    times(100, () -> breaker.neutral(breaker.tryAcquire()));
    times(9, () -> fail(breaker));

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void ignoresAFailureOfACallThatBeganBeforeTheLastOpening() {
    long late = breaker.tryAcquire();
    long alsoLate = breaker.tryAcquire();
    halfOpen();

    breaker.failed(late, QUICK, 0);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    breaker.succeeded(alsoLate, QUICK);

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void letsThroughOnlyAsManyProbesAsConfiguredAndClosesWhenAllSucceed() {
    halfOpen();
    long first = breaker.tryAcquire();
    long second = breaker.tryAcquire();
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);

    breaker.succeeded(first, QUICK);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    breaker.succeeded(second, QUICK);

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(changes)
        .containsExactly(
            "CLOSED OPEN FAILURE_RATE",
            "OPEN HALF_OPEN RESTED",
            "HALF_OPEN CLOSED PROBES_SUCCEEDED");
  }

  @Test
  void aProbeWhoseClientLeftMakesRoomForAnother() {
    halfOpen();
    long first = breaker.tryAcquire();
    breaker.tryAcquire();
    breaker.neutral(first);

    assertThat(breaker.tryAcquire()).isNotEqualTo(Breaker.REFUSED);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
  }

  @Test
  void theSameProbeReportedTwiceDoesNotCloseIt() {
    halfOpen();
    long probe = breaker.tryAcquire();

    breaker.succeeded(probe, QUICK);
    breaker.succeeded(probe, QUICK);

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void aProbeThatIsNeverAnsweredCountsAsFailed() {
    halfOpen();
    breaker.tryAcquire();
    clock.advanceMillis(2_999);
    breaker.neutral(breaker.tryAcquire());
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    clock.advanceMillis(1);

    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(changes).last().isEqualTo("HALF_OPEN OPEN PROBE_LOST");
  }

  @Test
  void slowProbesOpenItAgain() {
    halfOpen();
    long first = breaker.tryAcquire();
    long second = breaker.tryAcquire();
    breaker.succeeded(first, SLOW);
    breaker.succeeded(second, SLOW);

    assertThat(changes).last().isEqualTo("HALF_OPEN OPEN SLOW_RATE");
  }

  @Test
  void eachReopeningRestsTwiceAsLongUpToTheMaximumAndClosingStartsAnew() {
    List<Long> rests = new ArrayList<>();
    trip();
    for (int i = 0; i < 4; i++) {
      rests.add(machines.restMillis());
      rest();
      breaker.failed(breaker.tryAcquire(), QUICK, 0);
    }
    assertThat(rests).containsExactly(1_000L, 2_000L, 4_000L, 6_000L);

    rest();
    times(2, () -> succeed(breaker));
    trip();

    assertThat(machines.restMillis()).isEqualTo(1_000);
  }

  @Test
  void restsForAsLongAsTheUpstreamAskedButNotBeyondTheMaximum() {
    times(9, () -> fail(breaker));
    breaker.failed(breaker.tryAcquire(), QUICK, 3_500);
    assertThat(machines.restMillis()).isEqualTo(3_500);
    assertThat(breaker.retryAfterMillis()).isEqualTo(3_500);

    rest();
    breaker.failed(breaker.tryAcquire(), QUICK, 3_600_000);

    assertThat(machines.restMillis()).isEqualTo(6_000);
  }

  @Test
  void anOperatorsIsolationOutlastsEverything() {
    breaker.isolate();
    clock.advanceMillis(1_000_000);
    machines.tick();
    breaker.peerRecovered();

    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    assertThat(breaker.state()).isEqualTo(State.ISOLATED);
    assertThat(breaker.retryAfterMillis()).isEqualTo(1_000);

    breaker.close();
    assertThat(breaker.tryAcquire()).isNotEqualTo(Breaker.REFUSED);
    assertThat(changes).containsExactly("CLOSED ISOLATED OPERATOR", "ISOLATED CLOSED OPERATOR");
  }

  @Test
  void closedByAnOperatorItForgetsWhatItHeldAgainstTheUpstream() {
    trip();
    breaker.close();
    times(9, () -> fail(breaker));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);

    machines.tick();
    clock.advanceMillis(1_000);
    machines.tick();

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void wakesItselfWhenTheTimerOfItsMachineDied() {
    trip();
    clock.advanceMillis(2_001);
    assertThat(breaker.tryAcquire()).isEqualTo(Breaker.REFUSED);
    assertThat(machines.restMillis()).isEqualTo(1);

    clock.advanceMillis(1);
    machines.tick();

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(changes).containsExactly("CLOSED OPEN FAILURE_RATE", "OPEN HALF_OPEN RESTED");
  }

  @Test
  void needsHalfTheCallsWhileAPeersBreakerIsOpen() {
    breaker.peerOpened();
    times(4, () -> fail(breaker));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);

    fail(breaker);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aPeersHintIsForgottenAfterOneWindow() {
    breaker.peerOpened();
    clock.advanceMillis(10_000);
    times(9, () -> fail(breaker));

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void goesHalfOpenEarlyWhenAPeersProbeSucceeded() {
    trip();
    breaker.peerRecovered();
    clock.advanceMillis(1);
    machines.tick();

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  private void trip() {
    times(10, () -> fail(breaker));
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  private void rest() {
    clock.advanceMillis(machines.restMillis());
    machines.tick();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  private void halfOpen() {
    trip();
    rest();
  }

  private static void succeed(Breaker breaker) {
    breaker.succeeded(breaker.tryAcquire(), QUICK);
  }

  private static void fail(Breaker breaker) {
    breaker.failed(breaker.tryAcquire(), QUICK, 0);
  }

  private static void times(int n, Runnable action) {
    for (int i = 0; i < n; i++) {
      action.run();
    }
  }
}
