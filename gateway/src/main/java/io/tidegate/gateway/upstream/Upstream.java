package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.AdaptiveLimit;
import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.Bulkhead;
import io.tidegate.gateway.resilience.LatencyWindow;
import io.tidegate.gateway.resilience.RetryBudget;
import io.tidegate.metrics.api.UpstreamMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A service as this node knows it: its endpoints and their health, its breaker, its budgets and
 * limits. One object for all event loops; it survives a reload that does not change it.
 */
public final class Upstream {
  /** An HTTP/2 connection is expected to carry as many calls at once. */
  static final int STREAMS = 100;

  private final UpstreamOptions options;
  private final Endpoints endpoints;
  private final Breaker breaker;
  private final Function<String, Breaker> makeBreaker;
  private final Map<String, Breaker> ofRoutes = new ConcurrentHashMap<>();
  private final RetryBudget budget;
  private final Bulkhead bulkhead;
  private final Bulkhead slots;
  private final Parking parking = new Parking();
  private final Optional<AdaptiveLimit> adaptive;
  private final LatencyWindow latency;
  private final UpstreamMeters meters;
  private final AtomicInteger open;
  private NameResolver resolver;
  private HealthChecker checker;

  Upstream(
      UpstreamOptions options,
      Endpoints endpoints,
      Breaker breaker,
      Function<String, Breaker> makeBreaker,
      RetryBudget budget,
      LatencyWindow latency,
      UpstreamMeters meters) {
    this.options = options;
    this.endpoints = endpoints;
    this.breaker = breaker;
    this.makeBreaker = makeBreaker;
    this.budget = budget;
    this.bulkhead = Bulkhead.of(options.concurrency());
    this.latency = latency;
    this.meters = meters;
    this.open = new AtomicInteger();
    PoolOptions pool = options.pool();
    int calls = options.http2() ? pool.connections() * STREAMS : pool.connections();
    this.slots = new Bulkhead(calls, pool.waiting(), pool.maxWait());
    this.adaptive =
        options
            .concurrency()
            .adaptive()
            .map(
                bounds ->
                    new AdaptiveLimit(
                        bounds,
                        options.concurrency().limit(),
                        bulkhead::setLimit,
                        System::nanoTime));
  }

  /** Begins look-ups and checks; done when each name was answered for once, or after 2 s. */
  Future<Void> start(Vertx vertx) {
    resolver = new NameResolver(vertx, endpoints);
    options
        .health()
        .ifPresent(
            health -> {
              checker = new HealthChecker(vertx, endpoints, health);
              checker.start();
            });
    return resolver.start();
  }

  void stop() {
    if (resolver != null) {
      resolver.close();
    }
    if (checker != null) {
      checker.close();
    }
  }

  public String name() {
    return options.name();
  }

  public UpstreamOptions options() {
    return options;
  }

  public Endpoints endpoints() {
    return endpoints;
  }

  public Breaker breaker() {
    return breaker;
  }

  /** The breaker of a route's calls: its own where that was asked for. */
  public Breaker breaker(String route) {
    return options.breaker().scope() == BreakerOptions.Scope.ROUTE
        ? ofRoutes.computeIfAbsent(route, makeBreaker)
        : breaker;
  }

  /** Breakers of single routes, by route. */
  public Map<String, Breaker> routeBreakers() {
    return Map.copyOf(ofRoutes);
  }

  /** Extra attempts of all kinds: retries, hedges, later revalidations and jobs. */
  public RetryBudget budget() {
    return budget;
  }

  /** Calls in flight, as {@code concurrency} allows them. */
  public Bulkhead bulkhead() {
    return bulkhead;
  }

  /** Moves the limit of {@link #bulkhead} with the latency, where that was asked for. */
  public Optional<AdaptiveLimit> adaptive() {
    return adaptive;
  }

  /** Calls on connections, as {@code pool} allows them. */
  public Bulkhead slots() {
    return slots;
  }

  /** Calls that go on without a slot. */
  Parking parking() {
    return parking;
  }

  public LatencyWindow latency() {
    return latency;
  }

  public UpstreamMeters meters() {
    return meters;
  }

  /** Connections of all event loops. */
  public AtomicInteger openConnections() {
    return open;
  }
}
