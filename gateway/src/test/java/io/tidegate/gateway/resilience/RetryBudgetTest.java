package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final int MANY = 1_000_000;

  private final ManualClock clock = new ManualClock();
  private final RetryBudget budget = new RetryBudget(clock);

  @Test
  void allowsAShareOfTheRequests() {
    BudgetOptions fifth = new BudgetOptions(0.2, 0);
    for (int i = 0; i < 100; i++) {
      budget.deposit();
    }

    assertThat(withdrawals(fifth)).isEqualTo(20);
  }

  @Test
  void allowsAFewWithoutAnyRequest() {
    assertThat(withdrawals(new BudgetOptions(0.2, 3))).isEqualTo(3);

    clock.advanceMillis(1_000);

    assertThat(withdrawals(new BudgetOptions(0.2, 3))).isEqualTo(3);
  }

  @Test
  void whatIsMadeInAnyCaseLeavesLessForOthers() {
    for (int i = 0; i < 100; i++) {
      budget.deposit();
    }
    for (int i = 0; i < 15; i++) {
      budget.charge();
    }

    assertThat(withdrawals(new BudgetOptions(0.2, 0))).isEqualTo(5);
    assertThat(budget.atOnce()).isZero();
  }

  private int laterRuns(BudgetOptions options) {
    int granted = 0;
    while (granted < MANY && budget.tryWithdrawLater(options, MANY)) {
      budget.releaseLater(false);
      granted++;
    }
    return granted;
  }

  @Test
  void laterRunsOfJobsLeaveHalfForThoseWhoWait() {
    for (int i = 0; i < 100; i++) {
      budget.deposit();
    }

    // Half of twenty, and the one of this second.
    assertThat(laterRuns(new BudgetOptions(0.2, 0))).isEqualTo(11);
    assertThat(withdrawals(new BudgetOptions(0.2, 0))).isEqualTo(9);
  }

  @Test
  void aLaterRunIsLetThroughEachSecondWhateverOthersSpend() {
    BudgetOptions none = new BudgetOptions(0, 0);
    for (int second = 0; second < 5; second++) {
      assertThat(laterRuns(none)).isEqualTo(1);
      clock.advanceMillis(1_000);
    }
  }

  @Test
  void aLaterRunThatDidNoHarmLeavesWhatThereWas() {
    BudgetOptions options = new BudgetOptions(0, 2);
    for (int i = 0; i < 100; i++) {
      assertThat(budget.tryWithdrawLater(options, 0)).isTrue();
      budget.releaseLater(true);
    }

    assertThat(withdrawals(options)).isEqualTo(2);
    assertThat(budget.atOnce()).isZero();
  }

  @Test
  void laterRunsThatHangStandInNobodysWay() {
    BudgetOptions options = new BudgetOptions(0.2, 1_000);
    while (budget.tryWithdrawLater(options, 0)) {
      assertThat(budget.atOnce()).isLessThanOrEqualTo(RetryBudget.ALWAYS_AT_ONCE);
    }

    assertThat(budget.tryWithdraw(options, 0)).isTrue();
  }

  @Test
  void oldRequestsPayForNothing() {
    budget.deposit();
    clock.advanceMillis(10_000);

    assertThat(withdrawals(new BudgetOptions(1, 0))).isZero();
  }

  @Test
  void theLeastAllowanceDoesNotComeOnTopOfTheShare() {
    for (int i = 0; i < 100; i++) {
      budget.deposit();
    }

    assertThat(withdrawals(new BudgetOptions(0.2, 3))).isEqualTo(20);
  }

  @Test
  void withoutAnyShareOnlyTheReserveIsLeft() {
    for (int i = 0; i < 100; i++) {
      budget.deposit();
    }

    assertThat(withdrawals(new BudgetOptions(0, 1))).isEqualTo(1);
  }

  @Test
  void limitsExtraAttemptsAtOnceToAShareOfTheCallsInFlight() {
    BudgetOptions plenty = new BudgetOptions(0.2, 1_000);
    int granted = 0;
    while (budget.tryWithdraw(plenty, 50)) {
      granted++;
    }
    assertThat(granted).isEqualTo(10);

    budget.release();
    assertThat(budget.tryWithdraw(plenty, 50)).isTrue();
    assertThat(budget.tryWithdraw(plenty, 50)).isFalse();
  }

  @Test
  void allowsThreeAtOnceHoweverFewCallsAreInFlight() {
    BudgetOptions plenty = new BudgetOptions(0.2, 1_000);

    assertThat(budget.tryWithdraw(plenty, 0)).isTrue();
    assertThat(budget.tryWithdraw(plenty, 0)).isTrue();
    assertThat(budget.tryWithdraw(plenty, 0)).isTrue();
    assertThat(budget.tryWithdraw(plenty, 0)).isFalse();
  }

  @Test
  void aRefusalForVolumeDoesNotOccupyAPlace() {
    BudgetOptions nothing = new BudgetOptions(0, 0);

    assertThat(budget.tryWithdraw(nothing, MANY)).isFalse();

    assertThat(budget.atOnce()).isZero();
  }

  record Step(int passMillis, int requests, int wishes) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2_000),
            Arbitraries.integers().between(0, 40),
            Arbitraries.integers().between(0, 20))
        .as(Step::new)
        .list()
        .ofMaxSize(80);
  }

  @Property(tries = 300)
  void overAnyWindowExtrasStayWithinShareAndReserve(
      @ForAll("histories") List<Step> steps,
      @ForAll @DoubleRange(min = 0, max = 1) double share,
      @ForAll @IntRange(max = 5) int minPerSecond) {
    ManualClock time = new ManualClock();
    RetryBudget fresh = new RetryBudget(time);
    BudgetOptions options = new BudgetOptions(share, minPerSecond);
    List<Long> requests = new ArrayList<>();
    List<Long> extras = new ArrayList<>();
    TreeSet<Long> slices = new TreeSet<>();
    long now = 0;
    for (Step step : steps) {
      now += step.passMillis();
      time.advanceMillis(step.passMillis());
      for (int i = 0; i < step.requests(); i++) {
        fresh.deposit();
        requests.add(now);
        slices.add(now / 1_000);
      }
      for (int i = 0; i < step.wishes(); i++) {
        long from = (now / 1_000 - 9) * 1_000;
        slices.add(now / 1_000);
        long seconds = now / 1_000 - slices.ceiling(now / 1_000 - 9) + 1;
        double allowed = Math.max(share * since(requests, from), minPerSecond * seconds);
        boolean granted = fresh.tryWithdraw(options, MANY);
        boolean due = since(extras, from) + 1 <= allowed;
        assertThat(granted).isEqualTo(due);
        if (granted) {
          fresh.release();
          extras.add(now);
        }
      }
    }
    double reserve = minPerSecond * 10 * (now / 9_000 + 1);
    assertThat((double) extras.size()).isLessThanOrEqualTo(share * requests.size() + reserve);
  }

  @Test
  void severalThreadsCannotTakeMoreThanThereIs() throws InterruptedException {
    for (int i = 0; i < 1_000; i++) {
      budget.deposit();
    }
    BudgetOptions tenth = new BudgetOptions(0.1, 0);
    AtomicInteger granted = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(4);
    CountDownLatch done = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                ready.countDown();
                while (ready.getCount() > 0) {
                  Thread.onSpinWait();
                }
                for (int i = 0; i < 1_000; i++) {
                  granted.addAndGet(budget.tryWithdraw(tenth, MANY) ? 1 : 0);
                }
                done.countDown();
              });
      thread.setDaemon(true);
      thread.start();
    }

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(granted).hasValue(100);
    assertThat(budget.atOnce()).isEqualTo(100);
  }

  private int withdrawals(BudgetOptions options) {
    int granted = 0;
    while (budget.tryWithdraw(options, MANY)) {
      budget.release();
      granted++;
    }
    return granted;
  }

  private static long since(List<Long> times, long from) {
    return times.stream().filter(time -> time >= from).count();
  }
}
