package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.OutlierOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Upstreams for tests: endpoints 10.0.0.1:80, 10.0.0.2:80 and so on, a clock and fixed chance. */
final class SampleEndpoints {
  final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  final List<String> events = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(42);
  private final int[] weights;
  private BalanceOptions balance = new BalanceOptions.RoundRobin();
  private OutlierOptions outlier =
      new OutlierOptions(5, Duration.ofSeconds(10), Duration.ofSeconds(60), 0.5);

  private SampleEndpoints(int... weights) {
    this.weights = weights;
  }

  static SampleEndpoints of(int endpoints) {
    int[] even = new int[endpoints];
    Arrays.fill(even, 1);
    return new SampleEndpoints(even);
  }

  static SampleEndpoints weighing(int... weights) {
    return new SampleEndpoints(weights);
  }

  SampleEndpoints balanced(BalanceOptions how) {
    balance = how;
    return this;
  }

  SampleEndpoints ejecting(double share) {
    outlier = new OutlierOptions(5, Duration.ofSeconds(10), Duration.ofSeconds(60), share);
    return this;
  }

  Endpoints build() {
    List<EndpointOptions> endpoints = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      endpoints.add(new EndpointOptions(URI.create("http://10.0.0." + (i + 1)), weights[i], ""));
    }
    return new Endpoints(options(endpoints), listener(), clock::get, random::nextDouble);
  }

  UpstreamOptions options(List<EndpointOptions> endpoints) {
    return options(endpoints, UpstreamTls.DEFAULTS, Optional.empty(), false);
  }

  UpstreamOptions options(
      List<EndpointOptions> endpoints,
      UpstreamTls tls,
      Optional<HealthOptions> health,
      boolean http2) {
    return new UpstreamOptions(
        "orders",
        endpoints,
        balance,
        http2,
        tls,
        PoolOptions.DEFAULTS,
        health,
        outlier,
        BreakerOptions.DEFAULTS,
        ConcurrencyOptions.DEFAULTS);
  }

  static EndpointOptions endpoint(String url) {
    return new EndpointOptions(URI.create(url), 1, "");
  }

  void pass(Duration time) {
    clock.addAndGet(time.toNanos());
  }

  EndpointListener listener() {
    return new EndpointListener() {
      @Override
      public void ejected(String upstream, Endpoint endpoint, Duration howLong) {
        events.add("ejected " + endpoint);
      }

      @Override
      public void restored(String upstream, Endpoint endpoint) {
        events.add("restored " + endpoint);
      }

      @Override
      public void healthChanged(String upstream, Endpoint endpoint, boolean healthy) {
        events.add((healthy ? "healthy " : "unhealthy ") + endpoint);
      }

      @Override
      public void membershipChanged(String upstream, List<Endpoint> added, List<Endpoint> removed) {
        events.add("added " + added + " removed " + removed);
      }
    };
  }
}
