package io.tidegate.cache;

import io.tidegate.metrics.api.CacheMeters;
import io.tidegate.metrics.api.CacheRouteMeters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Counts what the cache says of itself, by name. */
public final class Counts implements CacheMeters {
  public final Map<String, Integer> counts = new ConcurrentHashMap<>();

  @Override
  public CacheRouteMeters route(String id) {
    throw new UnsupportedOperationException("counted by the gateway");
  }

  @Override
  public void memory(LongSupplier bytes, LongSupplier entries, LongSupplier limitBytes) {}

  @Override
  public void evicted(String reason) {
    counts.merge("evicted " + reason, 1, Integer::sum);
  }

  @Override
  public void purged(String kind) {
    counts.merge("purged " + kind, 1, Integer::sum);
  }

  @Override
  public void redis(String command, String outcome, long nanos) {
    counts.merge(command + " " + outcome, 1, Integer::sum);
  }

  public int count(String name) {
    return counts.getOrDefault(name, 0);
  }
}
