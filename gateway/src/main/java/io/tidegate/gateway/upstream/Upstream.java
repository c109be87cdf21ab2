package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.AdaptiveLimit;
import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.resilience.Bulkhead;
import io.tidegate.gateway.resilience.LatencyWindow;
import io.tidegate.gateway.resilience.RetryBudget;
import io.tidegate.metrics.api.UpstreamMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
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
  private final Breakers breakers;
  private final CallLimits limits;
  private final PoolLimits pool;
  private final RetryBudget budget;
  private final LatencyWindow latency;
  private final UpstreamMeters meters;
  private NameResolver resolver;
  private HealthChecker checker;

  private Upstream(
      UpstreamOptions options,
      Endpoints endpoints,
      Breakers breakers,
      CallLimits limits,
      PoolLimits pool,
      RetryBudget budget,
      LatencyWindow latency,
      UpstreamMeters meters) {
    this.options = options;
    this.endpoints = endpoints;
    this.breakers = breakers;
    this.limits = limits;
    this.pool = pool;
    this.budget = budget;
    this.latency = latency;
    this.meters = meters;
    meters.levels(new LevelsOf(limits.bulkhead(), pool.open(), budget));
  }

  private record LevelsOf(Bulkhead calls, AtomicInteger open, RetryBudget budget)
      implements UpstreamMeters.Levels {
    @Override
    public int inFlight() {
      return calls.inFlight();
    }

    @Override
    public int waiting() {
      return calls.waiting();
    }

    @Override
    public int limit() {
      return calls.limit();
    }

    @Override
    public int extraAttempts() {
      return budget.atOnce();
    }

    @Override
    public int connections() {
      return open.get();
    }
  }

  /** One of which nothing is known yet. */
  static Upstream fresh(
      UpstreamOptions options, Endpoints endpoints, Breakers breakers, UpstreamMeters meters) {
    var pool = new PoolLimits(options);
    meters.poolLimit(pool.slots().limit());
    return new Upstream(
        options,
        endpoints,
        breakers,
        new CallLimits(options.concurrency()),
        pool,
        new RetryBudget(System::nanoTime),
        new LatencyWindow(System::nanoTime),
        meters);
  }

  /** The same service under other options: what still fits them goes on. */
  Upstream changed(
      UpstreamOptions to, Endpoints at, Function<UpstreamOptions, Breakers> makeBreakers) {
    at.inherit(endpoints);
    var ofBreakers = breakers;
    if (!breakers.suit(to.breaker())) {
      ofBreakers = makeBreakers.apply(to);
      breakers.retireFor(ofBreakers);
    }
    var ofPool = pool.suit(to) ? pool : new PoolLimits(to);
    meters.poolLimit(ofPool.slots().limit() - pool.slots().limit());
    return new Upstream(
        to,
        at,
        ofBreakers,
        limits.suit(to.concurrency()) ? limits : new CallLimits(to.concurrency()),
        ofPool,
        budget,
        latency,
        meters);
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
    return breakers.shared();
  }

  /** The breaker of a route's calls: its own where that was asked for. */
  public Breaker breaker(String route) {
    return breakers.of(route);
  }

  /** Breakers of single routes, by route. */
  public Map<String, Breaker> routeBreakers() {
    return breakers.byRoute();
  }

  /** Extra attempts of all kinds: retries, hedges, later revalidations and jobs. */
  public RetryBudget budget() {
    return budget;
  }

  /** Calls in flight, as {@code concurrency} allows them. */
  public Bulkhead bulkhead() {
    return limits.bulkhead();
  }

  /** Moves the limit of {@link #bulkhead} with the latency, where that was asked for. */
  public Optional<AdaptiveLimit> adaptive() {
    return limits.adaptive();
  }

  /** Calls on connections, as {@code pool} allows them. */
  public Bulkhead slots() {
    return pool.slots();
  }

  /** Calls that go on without a slot. */
  Parking parking() {
    return pool.parking();
  }

  public LatencyWindow latency() {
    return latency;
  }

  /** In how many milliseconds half of the calls are answered at present; 0 if nobody knows. */
  public long usualMillis() {
    return Math.max(0, latency.medianNanos()) / 1_000_000;
  }

  public UpstreamMeters meters() {
    return meters;
  }

  /** Connections of all event loops. */
  public AtomicInteger openConnections() {
    return pool.open();
  }
}
