package io.tidegate.gateway.upstream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Each in turn, as often as its weight says and as evenly spread as possible: the order is that of
 * smooth weighted round-robin (as in nginx), worked out once per change of the candidates.
 */
final class RoundRobin implements Balancer {
  /** Longest order that is worked out; finer weights are rounded to it. */
  private static final int LONGEST = 8192;

  /** A long, because an int would overflow within a day of heavy traffic. */
  private final AtomicLong turns;

  /**
   * @param start not the same on every node, lest all begin with the same endpoint
   */
  RoundRobin(long start) {
    turns = new AtomicLong(start);
  }

  @Override
  public Picker among(Endpoint[] candidates) {
    Endpoint[] order = order(candidates, shares(candidates));
    return (hash, avoid) -> {
      int turn = (int) Long.remainderUnsigned(turns.getAndIncrement(), order.length);
      for (int i = 0; i < order.length; i++) {
        Endpoint next = order[turn];
        if (next != avoid) {
          return next;
        }
        turn = turn + 1 == order.length ? 0 : turn + 1;
      }
      return avoid;
    };
  }

  private static int[] shares(Endpoint[] candidates) {
    int divisor = 0;
    long total = 0;
    for (Endpoint candidate : candidates) {
      divisor = greatestCommonDivisor(candidate.weight(), divisor);
      total += candidate.weight();
    }
    double scale = Math.min(1, (double) LONGEST * divisor / total);
    int[] shares = new int[candidates.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (int) Math.max(1, Math.round(candidates[i].weight() * scale / divisor));
    }
    return shares;
  }

  private static Endpoint[] order(Endpoint[] candidates, int[] shares) {
    int total = 0;
    for (int share : shares) {
      total += share;
    }
    Endpoint[] order = new Endpoint[total];
    int[] due = new int[candidates.length];
    for (int turn = 0; turn < total; turn++) {
      int most = 0;
      for (int i = 0; i < due.length; i++) {
        due[i] += shares[i];
        if (due[i] > due[most]) {
          most = i;
        }
      }
      due[most] -= total;
      order[turn] = candidates[most];
    }
    return order;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
