package io.tidegate.gateway.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random histories, replayed on the breaker and on {@link Model}, which says the rules plainly. */
class BreakerModelTest {
  private static final BreakerOptions OPTIONS =
      new BreakerOptions(
          OptionalInt.of(6),
          OptionalDouble.of(0.5),
          Optional.of(Duration.ofMillis(100)),
          0.7,
          Duration.ofSeconds(1),
          8,
          Duration.ofMillis(200),
          Duration.ofMillis(900),
          3);
  private static final long PROBE_TIMEOUT = 400;

  enum What {
    ACQUIRE,
    SUCCEED,
    FAIL,
    NEUTRAL,
    PASS,
    ISOLATE,
    CLOSE
  }

  record Step(What what, int which, long millis) {}

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<What> what =
        Arbitraries.frequency(
            Tuple.of(30, What.ACQUIRE),
            Tuple.of(10, What.SUCCEED),
            Tuple.of(16, What.FAIL),
            Tuple.of(2, What.NEUTRAL),
            Tuple.of(8, What.PASS),
            Tuple.of(1, What.ISOLATE),
            Tuple.of(1, What.CLOSE));
    Arbitrary<Long> millis =
        Arbitraries.frequencyOf(
            Tuple.of(5, Arbitraries.longs().between(0, 120)),
            Tuple.of(1, Arbitraries.longs().between(100, 1_500)));
    return Combinators.combine(what, Arbitraries.integers().between(0, 1000), millis)
        .as(Step::new)
        .list()
        .ofMaxSize(300);
  }

  @Property(tries = 1_000)
  void doesWhatTheModelDoes(
      @ForAll("histories") List<Step> history, @ForAll boolean sluggish, @ForAll long seed) {
    ManualClock clock = new ManualClock();
    ManualMachines machines = new ManualMachines(clock);
    Random random = new Random(seed);
    Breaker breaker =
        new Breaker(
            OPTIONS,
            machines,
            clock,
            random::nextDouble,
            Duration.ofMillis(PROBE_TIMEOUT),
            (from, to, reason) -> {});
    Model model = new Model();
    List<Long> tokens = new ArrayList<>();
    List<Call> calls = new ArrayList<>();
    for (Step step : history) {
      int which = tokens.isEmpty() ? -1 : step.which() % tokens.size();
      long millis = step.millis() + (sluggish ? 80 : 0);
      long nanos = millis * 1_000_000;
      switch (step.what()) {
        case ACQUIRE -> {
          long token = breaker.tryAcquire();
          Call call = model.acquire();
          assertThat(token != Breaker.REFUSED).as("let through").isEqualTo(call != null);
          if (call != null) {
            tokens.add(token);
            calls.add(call);
          }
        }
        case PASS -> {
          clock.advanceMillis(step.millis());
          model.now += step.millis();
          machines.tick();
          model.tick();
        }
        case ISOLATE -> {
          breaker.isolate();
          model.enter(State.ISOLATED);
        }
        case CLOSE -> {
          breaker.close();
          if (model.state != State.CLOSED) {
            model.enter(State.CLOSED);
          }
        }
        default -> {
          if (which >= 0) {
            long token = tokens.remove(which);
            Call call = calls.remove(which);
            switch (step.what()) {
              case SUCCEED -> breaker.succeeded(token, nanos);
              case FAIL -> breaker.failed(token, nanos, 0);
              default -> breaker.neutral(token);
            }
            model.end(call, step.what(), millis >= 100);
          }
        }
      }
      assertThat(breaker.state()).isEqualTo(model.state);
      if (model.justOpened) {
        long nominal = Math.min(900, 200L << Math.min(10, model.reopened));
        assertThat(machines.restMillis())
            .isBetween((long) Math.floor(nominal * 0.9), Math.min(900, nominal * 11 / 10));
        model.openUntil = model.now + machines.restMillis();
        model.justOpened = false;
      }
      if (model.state == State.HALF_OPEN) {
        assertThat(model.probesOut() + model.probesGood).isLessThanOrEqualTo(3);
      }
    }
  }

  /** A call that was let through. */
  static final class Call {
    final int stay;
    final long began;
    boolean ended;

    Call(int stay, long began) {
      this.stay = stay;
      this.began = began;
    }
  }

  record Result(long slice, boolean failed, boolean slow) {}

  /** One thread, plain lists. */
  static final class Model {
    State state = State.CLOSED;
    long now;
    long entered;
    int stay;
    int consecutive;
    int reopened;
    long openUntil;
    boolean justOpened;
    int probesGood;
    int probesSlow;
    final List<Result> results = new ArrayList<>();
    final List<Call> probes = new ArrayList<>();

    void enter(State next) {
      if (next == State.OPEN) {
        reopened = state == State.HALF_OPEN ? reopened + 1 : 0;
        justOpened = true;
      }
      state = next;
      entered = now;
      stay++;
      consecutive = 0;
      probesGood = 0;
      probesSlow = 0;
      results.clear();
      probes.clear();
    }

    void tick() {
      if (state == State.OPEN && now >= openUntil) {
        enter(State.HALF_OPEN);
      }
    }

    long probesOut() {
      return probes.stream().filter(p -> !p.ended).count();
    }

    Call acquire() {
      if (state == State.CLOSED) {
        return new Call(stay, now);
      }
      if (state != State.HALF_OPEN) {
        return null;
      }
      if (probes.stream().anyMatch(p -> !p.ended && now - p.began >= PROBE_TIMEOUT)) {
        enter(State.OPEN);
        return null;
      }
      if (probesOut() + probesGood == 3) {
        return null;
      }
      Call probe = new Call(stay, now);
      probes.add(probe);
      return probe;
    }

    void end(Call call, What how, boolean slow) {
      call.ended = true;
      if (call.stay != stay || how == What.NEUTRAL) {
        return;
      }
      if (state == State.HALF_OPEN) {
        endProbe(how, slow);
      } else {
        results.add(new Result((now - entered) / 100, how == What.FAIL, slow));
        consecutive = how == What.FAIL ? consecutive + 1 : 0;
        if ((how == What.FAIL || slow) && isBad()) {
          enter(State.OPEN);
        }
      }
    }

    private void endProbe(What how, boolean slow) {
      if (how == What.FAIL) {
        enter(State.OPEN);
        return;
      }
      probesGood++;
      probesSlow += slow ? 1 : 0;
      if (probesGood == 3) {
        enter(probesSlow >= 0.7 * 3 ? State.OPEN : State.CLOSED);
      }
    }

    private boolean isBad() {
      long slice = (now - entered) / 100;
      List<Result> recent = results.stream().filter(r -> r.slice() > slice - 10).toList();
      long failed = recent.stream().filter(Result::failed).count();
      long slow = recent.stream().filter(Result::slow).count();
      return consecutive >= 6
          || (recent.size() >= 8 && (failed >= 0.5 * recent.size() || slow >= 0.7 * recent.size()));
    }
  }
}
