package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.snapshots.Labels;
import io.tidegate.metrics.api.CacheMeters;
import io.tidegate.metrics.api.CacheRouteMeters;
import io.tidegate.metrics.api.TraceContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Meters of the cache. Series appear with what they count first. */
final class CacheCounts implements CacheMeters {
  private final Families families;
  private final Function<String, CacheRouteMeters> routes;
  private final Family<LongAdder> evictions;
  private final Family<LongAdder> purges;
  private final Family<Timings> redis;
  private final Map<String, Timings> known = new ConcurrentHashMap<>();

  CacheCounts(Families families, Function<String, CacheRouteMeters> routes) {
    this.families = families;
    this.routes = routes;
    evictions =
        families.counters(
            "tidegate_cache_evictions", "Responses that left the memory tier, by why.");
    purges = families.counters("tidegate_cache_purges", "Orders to forget, by what they named.");
    redis =
        families.timings(
            "tidegate_cache_redis_duration_seconds", "Commands of the cache to Redis, by outcome.");
  }

  @Override
  public CacheRouteMeters route(String id) {
    return routes.apply(id);
  }

  @Override
  public void memory(LongSupplier bytes, LongSupplier entries, LongSupplier limitBytes) {
    gauge("tidegate_cache_bytes", "Memory that stored responses take.", bytes);
    gauge("tidegate_cache_entries", "Responses in the memory tier.", entries);
    gauge("tidegate_cache_limit_bytes", "Memory that stored responses may take.", limitBytes);
  }

  private void gauge(String name, String help, LongSupplier value) {
    families.gauge(name, help, value::getAsLong);
  }

  @Override
  public void evicted(String reason) {
    evictions.cell(Labels.of("reason", reason)).increment();
  }

  @Override
  public void purged(String kind) {
    purges.cell(Labels.of("kind", kind)).increment();
  }

  @Override
  public void redis(String command, String outcome, long nanos) {
    Timings timings = known.get(command + outcome);
    if (timings == null) {
      timings = redis.cell(Labels.of("command", command, "outcome", outcome));
      known.put(command + outcome, timings);
    }
    timings.record(nanos, TraceContext.NONE);
  }
}
