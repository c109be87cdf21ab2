package io.tidegate.gateway.rehearsal;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * A way for upstreams to fail.
 *
 * @param name as written after {@code --scenario}
 * @param endpoints how many endpoints each upstream has at least
 * @param listening false: connections are refused
 * @param casting what each endpoint plays
 */
record Scenario(String name, int endpoints, boolean listening, Casting casting) {
  /** Gives an endpoint, counted from 0, its part in a load that lasts {@code load}. */
  interface Casting {
    Script of(int endpoint, Duration load);
  }

  static final String RECOVERY = "recovery";

  /** Share of the load after which the upstream of {@link #RECOVERY} is well again. */
  private static final double REPAIRED_AT = 0.4;

  private static final Duration FLAP = Duration.ofSeconds(1);
  private static final Duration SLOWEST = Duration.ofSeconds(3);

  static final List<Scenario> ALL =
      List.of(
          same("healthy", Script.always(Behaviour.FINE)),
          new Scenario("refused", 1, false, (n, load) -> Script.always(Behaviour.FINE)),
          same("hang", Script.always(new Behaviour.Hang())),
          same("slow-headers", Script.always(new Behaviour.DripHead())),
          same("drip-body", Script.always(new Behaviour.DripBody())),
          same("reset-before-body", Script.always(new Behaviour.Reset())),
          same("reset-in-body", Script.always(new Behaviour.ResetInBody())),
          errors(10),
          errors(50),
          errors(100),
          same("too-many-requests", Script.always(tooMany())),
          same("flapping", Script.turns(FLAP, Behaviour.FINE, new Behaviour.Reset())),
          new Scenario("latency-ramp", 1, true, (n, load) -> Script.ramp(load, SLOWEST)),
          new Scenario("one-bad-of-three", 3, true, (n, load) -> badWhenFirst(n)),
          new Scenario(RECOVERY, 1, true, (n, load) -> recovering(load)));

  private static Scenario same(String name, Script script) {
    return new Scenario(name, 1, true, (endpoint, load) -> script);
  }

  private static Scenario errors(int percent) {
    var script = Script.sometimes(percent / 100.0, Behaviour.status(503), Behaviour.FINE);
    return same("errors-" + percent, script);
  }

  private static Behaviour tooMany() {
    return new Behaviour.Answer(429, Duration.ZERO, OptionalInt.of(1));
  }

  private static Script badWhenFirst(int endpoint) {
    return Script.always(endpoint == 0 ? Behaviour.status(503) : Behaviour.FINE);
  }

  private static Script recovering(Duration load) {
    return Script.until(repairedAfter(load), new Behaviour.Reset(), Behaviour.FINE);
  }

  /** When, in a load that lasts {@code load}, the upstream of {@link #RECOVERY} is well again. */
  static Duration repairedAfter(Duration load) {
    return Duration.ofNanos((long) (load.toNanos() * REPAIRED_AT));
  }
}
