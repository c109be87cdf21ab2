package io.tidegate.gateway.upstream;

import java.util.function.IntUnaryOperator;

/** Draws endpoints at random, each as often as its weight says, with none, one or two left out. */
final class Draw {
  static final int NONE = -1;

  private final Endpoint[] candidates;

  /** {@code starts[i]} to {@code starts[i + 1]} are the tickets of candidate i. */
  private final int[] starts;

  private final boolean even;
  private final IntUnaryOperator chance;

  Draw(Endpoint[] candidates, IntUnaryOperator chance) {
    this.candidates = candidates;
    this.chance = chance;
    this.starts = new int[candidates.length + 1];
    boolean same = true;
    for (int i = 0; i < candidates.length; i++) {
      starts[i + 1] = starts[i] + candidates[i].weight();
      same &= candidates[i].weight() == candidates[0].weight();
    }
    this.even = same;
  }

  int size() {
    return candidates.length;
  }

  Endpoint endpoint(int index) {
    return candidates[index];
  }

  int indexOf(Endpoint endpoint) {
    if (endpoint != null) {
      for (int i = 0; i < candidates.length; i++) {
        if (candidates[i] == endpoint) {
          return i;
        }
      }
    }
    return NONE;
  }

  /** Any candidate but {@code without}, unless that is the only one. */
  int one(int without) {
    if (candidates.length == 1) {
      return 0;
    }
    return without == NONE ? draw(NONE, NONE) : draw(without, NONE);
  }

  /** Any candidate but these two; there must be a third. Either may be {@link #NONE}. */
  int draw(int without, int orWithout) {
    int low = Math.min(without, orWithout);
    int high = Math.max(without, orWithout);
    int tickets = starts[candidates.length] - tickets(low) - tickets(high);
    int ticket = chance.applyAsInt(tickets);
    // Step over the tickets of those left out, lower one first.
    if (low != NONE && ticket >= starts[low]) {
      ticket += tickets(low);
    }
    if (high != NONE && ticket >= starts[high]) {
      ticket += tickets(high);
    }
    return holder(ticket);
  }

  private int tickets(int index) {
    return index == NONE ? 0 : starts[index + 1] - starts[index];
  }

  private int holder(int ticket) {
    if (even) {
      return ticket / starts[1];
    }
    int low = 0;
    int high = candidates.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (starts[middle] <= ticket) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
