package io.tidegate.worker.run;

import io.tidegate.worker.api.BatchPlan;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Lets jobs of one route wait for each other, so that one call does them all. */
final class Gathering {
  private final Vertx vertx;
  private final Consumer<List<Flight>> go;
  private final Map<String, List<Flight>> waiting = new HashMap<>();
  private BatchPlan plan;

  Gathering(Vertx vertx, BatchPlan plan, Consumer<List<Flight>> go) {
    this.vertx = vertx;
    this.plan = plan;
    this.go = go;
  }

  /** Those who wait go as they are; others come together as {@code next} says. */
  void configure(BatchPlan next) {
    if (!next.equals(plan)) {
      plan = next;
      Map.copyOf(waiting).forEach(this::send);
    }
  }

  void add(Flight flight) {
    if (plan.size() == 1) {
      go.accept(List.of(flight));
      return;
    }
    String route = flight.job.route();
    List<Flight> together = waiting.get(route);
    if (together == null) {
      List<Flight> first = new ArrayList<>();
      waiting.put(route, first);
      together = first;
      vertx.setTimer(Math.max(1, plan.await().toMillis()), timer -> send(route, first));
    }
    together.add(flight);
    if (together.size() == plan.size()) {
      send(route, together);
    }
  }

  private void send(String route, List<Flight> together) {
    if (waiting.remove(route, together)) {
      List<Flight> still = together.stream().filter(flight -> !flight.landed).toList();
      if (!still.isEmpty()) {
        go.accept(still);
      }
    }
  }
}
