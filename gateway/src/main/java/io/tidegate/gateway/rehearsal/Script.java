package io.tidegate.gateway.rehearsal;

import java.time.Duration;

/** What an endpoint does when. */
interface Script {
  /**
   * Asked once per request.
   *
   * @param elapsed since the load began
   * @param chance evenly spread over 0 to 1 (exclusive)
   */
  Behaviour at(Duration elapsed, double chance);

  static Script always(Behaviour behaviour) {
    return (elapsed, chance) -> behaviour;
  }

  /** {@code share} of the requests, 0 to 1, get {@code some}, the others {@code rest}. */
  static Script sometimes(double share, Behaviour some, Behaviour rest) {
    return (elapsed, chance) -> chance < share ? some : rest;
  }

  /** {@code first} until {@code change}, {@code then} from there on. */
  static Script until(Duration change, Behaviour first, Behaviour then) {
    return (elapsed, chance) -> elapsed.compareTo(change) < 0 ? first : then;
  }

  /** {@code one} and {@code other} in turn, each for {@code period}. */
  static Script turns(Duration period, Behaviour one, Behaviour other) {
    return (elapsed, chance) -> elapsed.toNanos() / period.toNanos() % 2 == 0 ? one : other;
  }

  /** Answers later and later: at once in the beginning, {@code most} late after {@code whole}. */
  static Script ramp(Duration whole, Duration most) {
    return (elapsed, chance) -> {
      double progress = Math.min(1, (double) elapsed.toNanos() / whole.toNanos());
      return Behaviour.late(Duration.ofNanos((long) (progress * most.toNanos())));
    };
  }
}
