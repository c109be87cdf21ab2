package io.tidegate.gateway.upstream;

/**
 * Of two drawn by weight, the one with fewer calls in flight per weight (Mitzenmacher, "The Power
 * of Two Choices in Randomized Load Balancing", 2001). A tie goes to the first, so that without
 * load the shares are the weights.
 */
record PowerOfTwo(Draw draw) implements Balancer.Picker {
  @Override
  public Endpoint pick(long hash, Endpoint avoid) {
    int avoided = draw.indexOf(avoid);
    int first = draw.one(avoided);
    int choices = draw.size() - (avoided == Draw.NONE ? 0 : 1);
    if (choices < 2) {
      return draw.endpoint(first);
    }
    Endpoint one = draw.endpoint(first);
    Endpoint other = draw.endpoint(draw.draw(first, avoided));
    long load = (long) one.inFlight() * other.weight();
    return load <= (long) other.inFlight() * one.weight() ? one : other;
  }
}
