package io.tidegate.metrics.registry;

import io.tidegate.metrics.api.RequestFacts;
import io.tidegate.metrics.api.RequestFacts.Source;
import io.tidegate.metrics.api.RouteMeters;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Meters of one route. Series of requests appear with the first request that they count. */
final class RouteCounts implements RouteMeters, Recent.Watched {
  private static final Source[] SOURCES = Source.values();

  private final Scope scope;
  private final Runnable release;
  private final Family<LongAdder> requestFamily;

  /** By method and source, and in each by status. */
  private final AtomicReferenceArray<AtomicReferenceArray<LongAdder>> requests =
      new AtomicReferenceArray<>(RequestLabels.methods() * SOURCES.length);

  private final Timings durations;
  private final LongAdder inFlight;
  private final LongAdder hedges;
  private final LongAdder failed = new LongAdder();
  private final Scope.Reasons failures;
  private final Scope.Reasons retries;
  private final Scope.Reasons retriesSkipped;
  private final Scope.Reasons fallbacks;
  private final Scope.Reasons faults;
  private final RouteFamilies families;

  RouteCounts(RouteFamilies families, Scope scope, Runnable release) {
    this.families = families;
    this.scope = scope;
    this.release = release;
    this.requestFamily = families.requests();
    this.durations = scope.cell(families.durations());
    this.inFlight = scope.cell(families.inFlight());
    this.failures = scope.reasons(families.failures(), "reason");
    this.retries = scope.reasons(families.retries(), "reason");
    this.retriesSkipped = scope.reasons(families.retriesSkipped(), "reason");
    this.fallbacks = scope.reasons(families.fallbacks(), "kind");
    this.faults = scope.reasons(families.faults(), "kind");
    this.hedges = scope.cell(families.hedges());
  }

  /** The families that a route has series in. */
  record RouteFamilies(
      Family<LongAdder> requests,
      Family<Timings> durations,
      Family<LongAdder> inFlight,
      Family<LongAdder> failures,
      Family<LongAdder> retries,
      Family<LongAdder> retriesSkipped,
      Family<LongAdder> hedges,
      Family<LongAdder> fallbacks,
      Family<LongAdder> faults,
      Family<DoubleSupplier> faultActive) {}

  @Override
  public void begin() {
    inFlight.increment();
  }

  @Override
  public void end(RequestFacts facts) {
    inFlight.decrement();
    requests(facts).increment();
    durations.record(facts.totalNanos(), facts.trace());
    if (facts.failed()) {
      failed.increment();
      if (facts.failure() != null) {
        failures.count(facts.failure());
      }
    }
  }

  private LongAdder requests(RequestFacts facts) {
    int method = RequestLabels.method(facts.method());
    Source source = facts.source() == null ? Source.LOCAL : facts.source();
    int status = RequestLabels.status(facts.status());
    int place = method * SOURCES.length + source.ordinal();
    AtomicReferenceArray<LongAdder> byStatus = requests.get(place);
    LongAdder known = byStatus == null ? null : byStatus.get(status);
    return known != null ? known : newSeries(place, method, source, status);
  }

  private LongAdder newSeries(int place, int method, Source source, int status) {
    requests.compareAndSet(place, null, new AtomicReferenceArray<>(RequestLabels.statuses()));
    LongAdder adder =
        scope.cell(
            requestFamily,
            "method",
            RequestLabels.method(method),
            "status",
            RequestLabels.statusLabel(status),
            "source",
            source.label());
    requests.get(place).set(status, adder); // The family gives one adder, whoever asks first.
    return adder;
  }

  @Override
  public void retried(String reason) {
    retries.count(reason);
  }

  @Override
  public void retrySkipped(String reason) {
    retriesSkipped.count(reason);
  }

  @Override
  public void hedged() {
    hedges.increment();
  }

  @Override
  public void fellBack(String kind) {
    fallbacks.count(kind);
  }

  @Override
  public void faultInjected(String kind) {
    faults.count(kind);
  }

  @Override
  public void faultActive(boolean active) {
    if (active) {
      scope.put(families.faultActive(), () -> 1);
    } else {
      scope.remove(families.faultActive());
    }
  }

  @Override
  public void release() {
    release.run();
  }

  @Override
  public String name() {
    return scope.value();
  }

  @Override
  public Timings durations() {
    return durations;
  }

  @Override
  public long inFlight() {
    return inFlight.sum();
  }

  @Override
  public long failed() {
    return failed.sum();
  }
}
