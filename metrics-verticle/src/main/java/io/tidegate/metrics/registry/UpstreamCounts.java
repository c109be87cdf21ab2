package io.tidegate.metrics.registry;

import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.UpstreamMeters;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** Meters of one upstream. */
final class UpstreamCounts implements UpstreamMeters, Recent.Watched {
  private static final String OK = "ok";

  private final UpstreamFamilies families;
  private final Scope scope;
  private final Runnable release;
  private final Timings durations;
  private final Scope.Reasons attempts;
  private final Scope.Reasons transitions;
  private final LongAdder failed = new LongAdder();
  private final LongAdder inUse;
  private final LongAdder waiting;
  private final LongAdder limit;
  private volatile BreakerState breaker;
  private volatile Levels levels;

  UpstreamCounts(UpstreamFamilies families, Scope scope, Runnable release) {
    this.families = families;
    this.scope = scope;
    this.release = release;
    this.durations = scope.cell(families.durations());
    this.attempts = scope.reasons(families.attempts(), "outcome");
    this.transitions = scope.reasons(families.transitions(), "to");
    this.inUse = scope.cell(families.inUse());
    this.waiting = scope.cell(families.waiting());
    this.limit = scope.cell(families.limit());
  }

  /** The families that an upstream has series in. */
  record UpstreamFamilies(
      Family<LongAdder> attempts,
      Family<Timings> durations,
      Family<LongAdder> transitions,
      Family<DoubleSupplier> breaker,
      Family<LongAdder> inUse,
      Family<LongAdder> waiting,
      Family<LongAdder> limit,
      Family<DoubleSupplier> open,
      Family<DoubleSupplier> concurrencyInFlight,
      Family<DoubleSupplier> concurrencyWaiting,
      Family<DoubleSupplier> concurrencyLimit,
      Family<DoubleSupplier> extraAttempts,
      Family<DoubleSupplier> endpoints) {}

  @Override
  public void attempt(String outcome, long nanos, TraceContext trace) {
    attempts.count(outcome);
    if (!OK.equals(outcome)) {
      failed.increment();
    }
    durations.record(nanos, trace);
  }

  @Override
  public synchronized void breaker(BreakerState state) {
    BreakerState before = breaker;
    breaker = state;
    if (before == null) {
      scope.put(families.breaker(), () -> breaker.ordinal());
    } else if (before != state) {
      transitions.count(state.label());
    }
  }

  @Override
  public void poolInUse(int change) {
    inUse.add(change);
  }

  @Override
  public void poolWaiting(int change) {
    waiting.add(change);
  }

  @Override
  public void poolLimit(int change) {
    limit.add(change);
  }

  @Override
  public synchronized void levels(Levels now) {
    boolean first = levels == null;
    levels = now;
    if (first) {
      scope.put(families.open(), () -> levels.connections());
      scope.put(families.concurrencyInFlight(), () -> levels.inFlight());
      scope.put(families.concurrencyWaiting(), () -> levels.waiting());
      scope.put(families.concurrencyLimit(), () -> limit(levels.limit()));
      scope.put(families.extraAttempts(), () -> levels.extraAttempts());
    }
  }

  private static double limit(int calls) {
    return calls == Integer.MAX_VALUE ? Double.POSITIVE_INFINITY : calls;
  }

  @Override
  public void endpoint(String endpoint, boolean healthy) {
    double value = healthy ? 1 : 0;
    scope.put(families.endpoints(), () -> value, "endpoint", endpoint);
  }

  @Override
  public void endpointGone(String endpoint) {
    scope.remove(families.endpoints(), "endpoint", endpoint);
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
    return inUse.sum();
  }

  @Override
  public long failed() {
    return failed.sum();
  }
}
