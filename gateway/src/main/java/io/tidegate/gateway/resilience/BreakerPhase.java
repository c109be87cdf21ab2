package io.tidegate.gateway.resilience;

import io.tidegate.gateway.resilience.Breaker.State;

/**
 * One stay of a {@link Breaker} in one state, with what is only true during it. What is counted in
 * it is left behind with it, so late results cannot leak into the next.
 */
final class BreakerPhase {
  private static final int PLACE_BITS = 16;
  private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;

  final State state;
  final long generation;
  final BreakerMachine machine;

  /** Openings in a row since it was closed last, the first not counted. */
  final int reopened;

  /** When open: until when, on the breaker's clock. */
  final long restUntil;

  /** When closed, else null. */
  final BreakerWindow window;

  /** When half-open, else null. */
  final BreakerProbes probes;

  private BreakerPhase(
      State state,
      long generation,
      BreakerMachine machine,
      int reopened,
      long restUntil,
      BreakerWindow window,
      BreakerProbes probes) {
    this.state = state;
    this.generation = generation;
    this.machine = machine;
    this.reopened = reopened;
    this.restUntil = restUntil;
    this.window = window;
    this.probes = probes;
  }

  static BreakerPhase closed(long generation, BreakerMachine machine, BreakerWindow window) {
    return new BreakerPhase(State.CLOSED, generation, machine, 0, 0, window, null);
  }

  static BreakerPhase open(BreakerPhase from, int reopened, BreakerMachine machine, long until) {
    return new BreakerPhase(State.OPEN, from.generation + 1, machine, reopened, until, null, null);
  }

  static BreakerPhase halfOpen(BreakerPhase from, BreakerProbes probes) {
    return new BreakerPhase(
        State.HALF_OPEN, from.generation + 1, from.machine, from.reopened, 0, null, probes);
  }

  static BreakerPhase isolated(BreakerPhase from, BreakerMachine machine) {
    return new BreakerPhase(State.ISOLATED, from.generation + 1, machine, 0, 0, null, null);
  }

  /** Permission for an ordinary call: the generation, and no place. */
  long token() {
    return generation << PLACE_BITS;
  }

  /** Permission for a probe. */
  long token(int place) {
    return token() | place + 1;
  }

  boolean issued(long token) {
    return token >>> PLACE_BITS == generation;
  }

  static int place(long token) {
    return (int) (token & PLACE_MASK) - 1;
  }
}
