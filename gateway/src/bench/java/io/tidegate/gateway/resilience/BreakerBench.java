package io.tidegate.gateway.resilience;

import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.CircuitBreakerOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a breaker costs a call that succeeds. {@code vertxExecute} is vertx-circuit-breaker used the
 * ordinary way, in batches on one event loop, for its completion takes a turn of the loop.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BreakerBench {
  private static final Future<String> ANSWER = Future.succeededFuture("answer");
  private static final Supplier<Future<String>> CALL = () -> ANSWER;

  private static final int BATCH = 1_000;

  private Vertx vertx;
  private Context loop;
  private Breaker closed;
  private Breaker isolated;
  private CircuitBreaker vertxBreaker;
  private Bulkhead bulkhead;

  /** Makes both. */
  @Setup
  public void create() {
    vertx = Vertx.vertx();
    loop = vertx.getOrCreateContext();
    closed = breaker();
    isolated = breaker();
    isolated.isolate();
    bulkhead = new Bulkhead(1_000, 10, TimeoutOptions.DEFAULTS.total());
    vertxBreaker =
        CircuitBreaker.create("bench", vertx, new CircuitBreakerOptions().setTimeout(-1));
  }

  private Breaker breaker() {
    return Breaker.create(
        vertx, "bench", BreakerOptions.DEFAULTS, Breaker.PROBE_TIMEOUT, (from, to, reason) -> {});
  }

  /** Stops the event loops. */
  @TearDown
  public void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** One call let through, and its success. */
  @Benchmark
  public long closed() {
    long token = closed.tryAcquire();
    closed.succeeded(token, 1_000_000);
    return token;
  }

  /** The same from two event loops at once. */
  @Benchmark
  @Threads(2)
  public long closedContended() {
    return closed();
  }

  /** One call refused. */
  @Benchmark
  public long refused() {
    return isolated.tryAcquire();
  }

  /** Reading the state, as balancing and the console do. */
  @Benchmark
  public Breaker.State state() {
    return closed.state();
  }

  /** One place taken and given back. */
  @Benchmark
  public boolean bulkhead() {
    boolean admitted = bulkhead.tryAcquire();
    bulkhead.release();
    return admitted;
  }

  /** The same from two event loops at once. */
  @Benchmark
  @Threads(2)
  public boolean bulkheadContended() {
    return bulkhead();
  }

  /** vertx-circuit-breaker around a future that has succeeded, up to its completion. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void vertxExecute() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(BATCH);
    loop.runOnContext(
        go -> {
          for (int i = 0; i < BATCH; i++) {
            vertxBreaker.execute(CALL).onComplete(answered -> done.countDown());
          }
        });
    done.await();
  }
}
