package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.metrics.api.GatewayMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The upstreams of this node. A reload keeps what it does not change, object and all; what it
 * changes in part keeps the state that still fits.
 */
public final class Upstreams {
  /** Longer than any attempt is meant to take, so that a slow but good probe is not lost. */
  private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(2);

  private final Vertx vertx;
  private final GatewayMeters meters;
  private final EndpointListener endpointListener;
  private final Function<String, Breaker.Listener> breakerListeners;
  private Map<String, Upstream> current = Map.of();

  /**
   * @param breakerListeners told of each change of a breaker, by the upstream's name
   */
  public Upstreams(
      Vertx vertx,
      GatewayMeters meters,
      EndpointListener endpointListener,
      Function<String, Breaker.Listener> breakerListeners) {
    this.vertx = vertx;
    this.meters = meters;
    this.endpointListener = endpointListener;
    this.breakerListeners = breakerListeners;
  }

  /**
   * Makes the upstreams of a configuration current, and returns them once their names were looked
   * up, for 2 s at most.
   */
  public synchronized Future<Map<String, Upstream>> apply(Map<String, UpstreamOptions> wanted) {
    List<Future<Void>> resolving = new ArrayList<>();
    Map<String, Upstream> next = new LinkedHashMap<>();
    wanted.forEach(
        (name, options) -> {
          Upstream before = current.get(name);
          boolean same = before != null && before.options().equals(options);
          Upstream upstream = same ? before : make(options, before);
          next.put(name, upstream);
          if (!same) {
            resolving.add(upstream.start(vertx));
          }
        });
    current.forEach(
        (name, upstream) -> {
          if (next.get(name) != upstream) {
            upstream.stop();
          }
          if (!next.containsKey(name)) {
            upstream.meters().release();
          }
        });
    current = Map.copyOf(next);
    return Future.join(resolving).map(current);
  }

  /** Ends health checks and look-ups. */
  public synchronized void close() {
    current.values().forEach(Upstream::stop);
  }

  private Upstream make(UpstreamOptions options, Upstream before) {
    var endpoints = new Endpoints(options, endpointListener);
    if (before == null) {
      return Upstream.fresh(options, endpoints, breakers(options), meters.upstream(options.name()));
    }
    return before.changed(options, endpoints, this::breakers);
  }

  private Breakers breakers(UpstreamOptions upstream) {
    String name = upstream.name();
    BreakerOptions options = upstream.breaker();
    return new Breakers(
        options, breaker(name, options), route -> breaker(name + "/" + route, options));
  }

  private Breaker breaker(String name, BreakerOptions options) {
    return Breaker.create(vertx, name, options, PROBE_TIMEOUT, breakerListeners.apply(name));
  }

  public synchronized Map<String, Upstream> current() {
    return current;
  }
}
