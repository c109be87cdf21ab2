package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.resilience.BreakerOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The breakers of one upstream: one for all its calls, or one for those of each route. They outlive
 * a reload that leaves their options as they are, and an operator's order outlives any. All
 * threads.
 */
final class Breakers {
  private final BreakerOptions options;
  private final Breaker shared;
  private final Function<String, Breaker> ofRoute;
  private final Map<String, Breaker> byRoute = new ConcurrentHashMap<>();

  /**
   * @param ofRoute makes the breaker of a route's own calls
   */
  Breakers(BreakerOptions options, Breaker shared, Function<String, Breaker> ofRoute) {
    this.options = options;
    this.shared = shared;
    this.ofRoute = ofRoute;
  }

  boolean suit(BreakerOptions wanted) {
    return options.equals(wanted);
  }

  Breaker shared() {
    return shared;
  }

  /** The breaker of a route's calls. */
  Breaker of(String route) {
    return options.scope() == BreakerOptions.Scope.ROUTE
        ? byRoute.computeIfAbsent(route, this::make)
        : shared;
  }

  private Breaker make(String route) {
    Breaker made = ofRoute.apply(route);
    if (isIsolated()) {
      made.isolate();
    }
    return made;
  }

  Map<String, Breaker> byRoute() {
    return Map.copyOf(byRoute);
  }

  private boolean isIsolated() {
    return shared.state() == Breaker.State.ISOLATED;
  }

  /** Others take its place: what is still under way here is nobody's business any more. */
  void retireFor(Breakers successors) {
    shared.retire();
    byRoute.values().forEach(Breaker::retire);
    if (isIsolated()) {
      successors.shared.isolate();
    }
  }
}
