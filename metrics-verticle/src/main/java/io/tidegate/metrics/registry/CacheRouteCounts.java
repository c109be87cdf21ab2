package io.tidegate.metrics.registry;

import io.tidegate.metrics.api.CacheRouteMeters;
import io.tidegate.metrics.api.TraceContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Meters of the cache on one route. Series appear with what they count first. */
final class CacheRouteCounts implements CacheRouteMeters {
  private final CacheRouteFamilies families;
  private final Scope scope;
  private final Runnable release;
  private final Scope.Reasons misses;

  /** By tier, and in each by use: both are of a fixed set, so that a hit makes no text. */
  private final Map<String, Map<String, LongAdder>> hits = new ConcurrentHashMap<>();

  private volatile LongAdder coalesced;
  private volatile Timings loads;

  CacheRouteCounts(CacheRouteFamilies families, Scope scope, Runnable release) {
    this.families = families;
    this.scope = scope;
    this.release = release;
    this.misses = scope.reasons(families.misses(), "reason");
  }

  /** The families that a route with a cache has series in. */
  record CacheRouteFamilies(
      Family<LongAdder> hits,
      Family<LongAdder> misses,
      Family<LongAdder> coalesced,
      Family<Timings> loads) {}

  @Override
  public void hit(String tier, String use) {
    Map<String, LongAdder> byUse = hits.get(tier);
    LongAdder adder = byUse == null ? null : byUse.get(use);
    if (adder == null) {
      adder =
          hits.computeIfAbsent(tier, any -> new ConcurrentHashMap<>())
              .computeIfAbsent(use, any -> scope.cell(families.hits(), "tier", tier, "use", use));
    }
    adder.increment();
  }

  @Override
  public void miss(String reason) {
    misses.count(reason);
  }

  @Override
  public void coalesced() {
    LongAdder adder = coalesced;
    if (adder == null) {
      adder = scope.cell(families.coalesced());
      coalesced = adder;
    }
    adder.increment();
  }

  @Override
  public void loaded(long nanos) {
    Timings timings = loads;
    if (timings == null) {
      timings = scope.cell(families.loads());
      loads = timings;
    }
    timings.record(nanos, TraceContext.NONE);
  }

  @Override
  public void release() {
    release.run();
  }
}
