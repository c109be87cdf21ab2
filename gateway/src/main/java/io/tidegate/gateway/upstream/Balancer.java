package io.tidegate.gateway.upstream;

import java.util.function.IntUnaryOperator;

/**
 * A way to choose among endpoints. What must outlive a change of the candidates (a turn counter) is
 * in the balancer, what follows from them is worked out once per change in a {@link Picker}.
 */
interface Balancer {
  /** Prepares to choose among {@code candidates}, of which there is at least one. */
  Picker among(Endpoint[] candidates);

  /** Chooses; any thread, no lock, no allocation. */
  @FunctionalInterface
  interface Picker {
    /**
     * @param hash where the request's hash leads; used by consistent hashing alone
     * @param avoid endpoint not to be taken unless it is the only one; null: none. Null rather than
     *     Optional because this runs once per request
     */
    Endpoint pick(long hash, Endpoint avoid);
  }

  /**
   * @param chance gives a number from 0 up to its argument, exclusive
   */
  static Balancer of(BalanceOptions options, IntUnaryOperator chance) {
    if (options instanceof BalanceOptions.PowerOfTwo) {
      return candidates -> new PowerOfTwo(new Draw(candidates, chance));
    }
    if (options instanceof BalanceOptions.LeastRequests) {
      return candidates -> new LeastRequests(candidates, chance);
    }
    if (options instanceof BalanceOptions.Random) {
      return candidates -> {
        Draw draw = new Draw(candidates, chance);
        return (hash, avoid) -> draw.endpoint(draw.one(draw.indexOf(avoid)));
      };
    }
    if (options instanceof BalanceOptions.RoundRobin) {
      return new RoundRobin(chance.applyAsInt(Integer.MAX_VALUE));
    }
    if (options instanceof BalanceOptions.Hash) {
      return ConsistentHash::new;
    }
    throw new AssertionError("unhandled balance option: " + options);
  }
}
