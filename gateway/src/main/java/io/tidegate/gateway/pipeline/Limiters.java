package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.TokenBuckets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The rate limits of this node, shared by its event loops; a reload keeps those it keeps. */
public final class Limiters {
  private record Key(String route, RateLimitOptions options) {}

  private final Map<Key, TokenBuckets> buckets = new ConcurrentHashMap<>();

  TokenBuckets of(String route, RateLimitOptions options) {
    return buckets.computeIfAbsent(new Key(route, options), key -> new TokenBuckets(options));
  }

  /** Forgets the limits of routes that are gone. */
  public void retain(Set<String> routes) {
    buckets.keySet().removeIf(key -> !routes.contains(key.route()));
  }
}
