package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.TokenBuckets;
import io.tidegate.gateway.route.RouteOptions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The rate limits of this node, shared by its event loops; a reload keeps those it keeps. */
public final class Limiters {
  private record Key(String route, RateLimitOptions options) {}

  private final Map<Key, TokenBuckets> buckets = new ConcurrentHashMap<>();

  TokenBuckets of(String route, RateLimitOptions options) {
    return buckets.computeIfAbsent(new Key(route, options), key -> new TokenBuckets(options));
  }

  /** Forgets the limits that these routes no longer have. */
  public void retain(List<RouteOptions> routes) {
    Set<Key> kept =
        routes.stream()
            .flatMap(route -> route.rateLimit().map(limit -> new Key(route.id(), limit)).stream())
            .collect(Collectors.toSet());
    buckets.keySet().retainAll(kept);
  }
}
