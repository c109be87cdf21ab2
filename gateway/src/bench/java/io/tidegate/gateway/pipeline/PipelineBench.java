package io.tidegate.gateway.pipeline;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.config.ConfigFile;
import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Caller;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.resilience.Backoff;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.security.Forwarding;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.gateway.upstream.Upstreams;
import io.tidegate.metrics.Telemetry;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the policies around a call cost a request that succeeds at once: the pipeline as it is
 * composed for a route, around a call that has its answer ready. In batches on one event loop, so
 * long that handing them over does not count; what {@code exchange} costs is in all the others.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PipelineBench {
  private static final int BATCH = 100_000;
  private static final String FILE =
      """
      upstreams:
        origin: {endpoints: ['http://127.0.0.1:1']}
      routes:
        - {id: defaults, match: {path: /defaults}, upstream: origin}
        - {id: all, match: {path: /all}, upstream: origin, hedge: {after: 1s},
           rate-limit: {rate: 1000000000/s}, fallback: [{status: 503}]}
      """;

  private static final Exchange.Head HEAD =
      new Exchange.Head(
          HttpMethod.GET,
          "http",
          "localhost",
          "/",
          null,
          HttpHeaders.headers(),
          new Forwarding("127.0.0.1", "http", "localhost", "", "", false));

  private Vertx vertx;
  private Context loop;
  private Upstreams upstreams;
  private Step<Exchange> bare;
  private Step<Exchange> defaults;
  private Step<Exchange> all;

  /** Composes the pipelines. */
  @Setup
  public void compose() throws Exception {
    vertx = Vertx.vertx();
    GatewayOptions options =
        ConfigFile.parse("bench.yaml", FILE, Map.of(), Path.of("")).options().orElseThrow();
    Telemetry telemetry = Telemetry.start(options.telemetry(), Map.of(), "bench");
    upstreams =
        new Upstreams(
            vertx, telemetry.meters(), EndpointListener.NONE, name -> (from, to, why) -> {});
    Upstream upstream =
        upstreams.apply(options.upstreams()).await(10, TimeUnit.SECONDS).get("origin");
    loop = vertx.getOrCreateContext();
    Reply.Answer answer = new Reply.Answer(200, Map.of(), Buffer.buffer());
    Step<Attempt> call = attempt -> Future.succeededFuture(answer);
    var composed = new CountDownLatch(1);
    loop.runOnContext(
        go -> {
          var wheel = TimerWheel.create(vertx);
          List<RouteOptions> routes = options.routes();
          RouteMeters meters = telemetry.meters().route("bench");
          bare = new RetryStep(null, null, upstream, wheel, meters, call);
          defaults = retrying(routes.get(0), upstream, wheel, meters, call);
          all = everything(routes.get(1), upstream, wheel, meters, call);
          composed.countDown();
        });
    composed.await();
  }

  private Step<Attempt> bounded(Upstream upstream, TimerWheel wheel, Step<Attempt> call) {
    return new BulkheadStep(
        upstream.bulkhead(),
        null,
        loop,
        wheel,
        1,
        10_000,
        new BreakerStep(upstream.breaker(), call));
  }

  private Step<Exchange> retrying(
      RouteOptions route,
      Upstream upstream,
      TimerWheel wheel,
      RouteMeters meters,
      Step<Attempt> call) {
    RetryOptions retry = route.retry().orElseThrow();
    var backoff = new Backoff(retry.backoff(), () -> 0.5);
    return new RetryStep(retry, backoff, upstream, wheel, meters, bounded(upstream, wheel, call));
  }

  private Step<Exchange> everything(
      RouteOptions route,
      Upstream upstream,
      TimerWheel wheel,
      RouteMeters meters,
      Step<Attempt> call) {
    Step<Exchange> retrying = retrying(route, upstream, wheel, meters, call);
    Step<Exchange> hedged =
        new HedgeStep(
            route.hedge().orElseThrow(),
            route.retry().orElseThrow().budget(),
            upstream,
            wheel,
            meters,
            retrying,
            bounded(upstream, wheel, call));
    Step<Exchange> fallback = new FallbackStep(route.fallbackOn(), List.of(), meters, hedged);
    RateLimitOptions limit = route.rateLimit().orElseThrow();
    return new RateLimitStep(route.id(), limit, new Limiters().of(route.id(), limit), fallback);
  }

  /** Stops the event loops. */
  @TearDown
  public void close() throws Exception {
    upstreams.close();
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** The request alone. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void exchange() throws InterruptedException {
    run(exchange -> Future.succeededFuture());
  }

  /** No policy but what every call has. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void bare() throws InterruptedException {
    run(bare);
  }

  /** Retry, budget, bulkhead and breaker, as a route has them that asks for nothing. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void defaults() throws InterruptedException {
    run(defaults);
  }

  /** The same within rate limit, fallback and hedge. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void all() throws InterruptedException {
    run(all);
  }

  private void run(Step<Exchange> pipeline) throws InterruptedException {
    var done = new CountDownLatch(BATCH);
    loop.runOnContext(
        go -> {
          for (int i = 0; i < BATCH; i++) {
            var exchange = new Exchange(Caller.NONE, "bench");
            exchange.head(HEAD);
            exchange.limits(30_000, 30_000);
            pipeline.apply(exchange).onComplete(answered -> done.countDown());
          }
        });
    done.await();
  }
}
