package io.tidegate.gateway.upstream;

/**
 * The same endpoint for the same hash. A fixed number of buckets is shared out by weighted
 * rendezvous hashing (Thaler and Ravishankar, 1996; weights as in Schindelhauer and Schomaker,
 * 2005): when an endpoint goes, only its own buckets move, and they spread over all others. Ten
 * equal endpoints get within about 10 % of their mean.
 */
final class ConsistentHash implements Balancer.Picker {
  private static final int BITS = 13;
  private static final int BUCKETS = 1 << BITS;
  private static final int REHASHES = 16;

  private final Endpoint[] buckets = new Endpoint[BUCKETS];

  ConsistentHash(Endpoint[] candidates) {
    boolean even = true;
    for (Endpoint candidate : candidates) {
      even &= candidate.weight() == candidates[0].weight();
    }
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      buckets[bucket] = even ? first(candidates, bucket) : firstByWeight(candidates, bucket);
    }
  }

  @Override
  public Endpoint pick(long hash, Endpoint avoid) {
    Endpoint chosen = buckets[bucket(hash)];
    // Rehashed rather than taken from the next bucket: what is avoided spreads over all others.
    for (int i = 1; chosen == avoid && i <= REHASHES; i++) {
      chosen = buckets[bucket(hash + i * Hash.GOLDEN)];
    }
    return chosen == avoid ? scan(hash, avoid) : chosen;
  }

  private Endpoint scan(long hash, Endpoint avoid) {
    int start = bucket(hash);
    for (int i = 0; i < BUCKETS; i++) {
      Endpoint next = buckets[(start + i) & (BUCKETS - 1)];
      if (next != avoid) {
        return next;
      }
    }
    return avoid;
  }

  private static int bucket(long hash) {
    return (int) (Hash.mix(hash) >>> (Long.SIZE - BITS));
  }

  private static long score(Endpoint endpoint, int bucket) {
    return Hash.mix(endpoint.identity() + bucket * Hash.GOLDEN);
  }

  private static Endpoint first(Endpoint[] candidates, int bucket) {
    Endpoint best = candidates[0];
    long highest = score(best, bucket);
    for (Endpoint next : candidates) {
      long score = score(next, bucket);
      if (Long.compareUnsigned(score, highest) > 0) {
        best = next;
        highest = score;
      }
    }
    return best;
  }

  private static Endpoint firstByWeight(Endpoint[] candidates, int bucket) {
    Endpoint best = candidates[0];
    double highest = -1;
    for (Endpoint next : candidates) {
      double uniform = ((score(next, bucket) >>> 11) + 0.5) * 0x1.0p-53;
      double score = next.weight() / -Math.log(uniform);
      if (score > highest) {
        best = next;
        highest = score;
      }
    }
    return best;
  }
}
