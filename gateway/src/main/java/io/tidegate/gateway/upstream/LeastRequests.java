package io.tidegate.gateway.upstream;

import java.util.function.IntUnaryOperator;

/** Of all, the one with the fewest calls in flight per weight; ties are drawn by weight. */
record LeastRequests(Endpoint[] candidates, IntUnaryOperator chance) implements Balancer.Picker {
  @Override
  public Endpoint pick(long hash, Endpoint avoid) {
    Endpoint best = null;
    long load = 0;
    int tickets = 0;
    for (Endpoint next : candidates) {
      if (next == avoid) {
        continue;
      }
      int inFlight = next.inFlight();
      long difference = best == null ? -1 : inFlight * (long) best.weight() - load * next.weight();
      if (difference < 0) {
        best = next;
        load = inFlight;
        tickets = next.weight();
      } else if (difference == 0) {
        tickets += next.weight();
        if (chance.applyAsInt(tickets) < next.weight()) {
          best = next;
          load = inFlight;
        }
      }
    }
    return best == null ? avoid : best;
  }
}
