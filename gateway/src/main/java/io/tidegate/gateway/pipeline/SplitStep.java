package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Sends each request to one of several branches by weight. */
final class SplitStep implements Step<Exchange> {
  private final List<Step<Exchange>> branches;
  private final int[] bounds;
  private final Supplier<? extends RandomGenerator> chance;

  SplitStep(
      List<Step<Exchange>> branches, int[] weights, Supplier<? extends RandomGenerator> chance) {
    this.branches = List.copyOf(branches);
    this.chance = chance;
    this.bounds = new int[weights.length];
    int sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i];
      bounds[i] = sum;
    }
  }

  @Override
  public Future<Reply> apply(Exchange exchange) {
    int draw = chance.get().nextInt(bounds[bounds.length - 1]);
    int branch = 0;
    while (draw >= bounds[branch]) {
      branch++;
    }
    return branches.get(branch).apply(exchange);
  }
}
