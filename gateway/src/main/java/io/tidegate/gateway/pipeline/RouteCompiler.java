package io.tidegate.gateway.pipeline;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.cache.api.ResponseCache;
import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.offload.Intake;
import io.tidegate.gateway.offload.JobRoute;
import io.tidegate.gateway.resilience.Backoff;
import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.resilience.BudgetOptions;
import io.tidegate.gateway.resilience.FaultPlan;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.gateway.resilience.TokenBuckets;
import io.tidegate.gateway.route.AsyncOptions;
import io.tidegate.gateway.route.FallbackOption;
import io.tidegate.gateway.route.HeaderEditor;
import io.tidegate.gateway.route.HeaderEdits;
import io.tidegate.gateway.route.MirrorOptions;
import io.tidegate.gateway.route.PathPattern;
import io.tidegate.gateway.route.Redirector;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.Rewriter;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import io.tidegate.gateway.upstream.CallPlan;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.gateway.upstream.UpstreamClient;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Composes a route's pipeline for one event loop, outermost step first. A policy that a route does
 * not ask for is not in its pipeline.
 */
public final class RouteCompiler {
  /** The longest that a queue may give a run; its own time is the exchange's. */
  private static final Duration LONGEST_RUN = Duration.ofHours(1);

  private final Context context;
  private final TimerWheel wheel;
  private final Map<String, UpstreamClient> clients;
  private final GatewayMeters meters;
  private final String via;
  private final long serverBodyLimit;
  private final Limiters limiters;
  private final Optional<ResponseCache> cache;
  private final Optional<Intake> intake;

  /**
   * @param clients every upstream that a route may name
   * @param via our entry for Via
   * @param limiters rate limits of the node
   * @param cache what the node remembers, for routes that ask for it; empty: nothing
   * @param intake takes jobs in; empty: there are none
   * @param serverBodyLimit bytes, for routes that set no limit of their own
   */
  public RouteCompiler(
      Context context,
      TimerWheel wheel,
      Map<String, UpstreamClient> clients,
      GatewayMeters meters,
      String via,
      long serverBodyLimit,
      Limiters limiters,
      Optional<ResponseCache> cache,
      Optional<Intake> intake) {
    this.context = context;
    this.wheel = wheel;
    this.clients = clients;
    this.meters = meters;
    this.via = via;
    this.serverBodyLimit = serverBodyLimit;
    this.limiters = limiters;
    this.cache = cache;
    this.intake = intake;
  }

  /** A route, ready to serve; its handles are given back by {@link RouteMeters#release}. */
  public CompiledRoute compile(RouteOptions route) {
    RouteMeters counted = meters.route(route.id());
    counted.faultActive(route.fault().isPresent());
    Step<Exchange> pipeline = target(route, counted);
    if (route.mirror().isPresent()) {
      pipeline = mirror(route, route.mirror().get(), pipeline);
    }
    CacheStep cached = cached(route, pipeline);
    if (cached != null) {
      pipeline = cached;
    }
    if (!route.fallback().isEmpty()) {
      List<FallbackStep.Fallback> chain = fallbacks(route, cached, counted);
      pipeline = new FallbackStep(route.fallbackOn(), chain, counted, pipeline);
    }
    if (intake.isPresent() && takesJobs(route)) {
      pipeline = intake.get().step(route, route.async().get(), pipeline);
    }
    if (route.rateLimit().isPresent()) {
      RateLimitOptions limit = route.rateLimit().get();
      pipeline = new RateLimitStep(route.id(), limit, limiters.of(route.id(), limit), pipeline);
    }
    long keep =
        Math.max(
            route
                .retry()
                .filter(retry -> retry.attempts() > 1)
                .map(RetryOptions::replayBuffer)
                .orElse(0L),
            Math.max(
                route.mirror().isPresent() ? MirrorStep.KEEP : 0,
                Math.max(keptForFallback(route), stored(route))));
    return new CompiledRoute(
        route.id(),
        pipeline,
        editor(route.response()),
        route.bodyLimit().orElse(serverBodyLimit),
        keep,
        route.timeout().total().toMillis(),
        route.timeout().idle().toMillis(),
        counted,
        Optional.ofNullable(cached).map(CacheStep::meters));
  }

  /** The route's cache in front of {@code calls}; null when it has none. */
  private CacheStep cached(RouteOptions route, Step<Exchange> calls) {
    if (cache.isEmpty() || route.cache().isEmpty() || upstreams(route.target()).isEmpty()) {
      return null;
    }
    List<Breaker> breakers =
        upstreams(route.target()).stream()
            .map(name -> clients.get(name).upstream())
            .filter(upstream -> !upstream.options().breaker().isOff())
            .map(upstream -> upstream.breaker(route.id()))
            .toList();
    boolean all = breakers.size() == upstreams(route.target()).size();
    var origin =
        new CacheStep.Origin(
            calls,
            () -> all && areResting(breakers),
            !route.rewrite().host().equals(RewriteOptions.UPSTREAM));
    CachePolicy policy = route.cache().get();
    return new CacheStep(cache.get(), policy, meters.cache().route(route.id()), wheel, origin);
  }

  /** In a loop of its own, since it is asked for each request. */
  private static boolean areResting(List<Breaker> breakers) {
    for (int i = 0; i < breakers.size(); i++) {
      if (!breakers.get(i).isResting()) {
        return false;
      }
    }
    return true;
  }

  private static List<String> upstreams(Target target) {
    if (target instanceof Target.ToUpstream to) {
      return List.of(to.upstream());
    }
    return target instanceof Target.Split split
        ? split.shares().stream().map(Target.Split.Share::upstream).toList()
        : List.of();
  }

  /** Bytes of a body without which no other upstream could be asked. */
  private static long keptForFallback(RouteOptions route) {
    boolean sentAgain =
        route.fallback().stream().anyMatch(option -> option instanceof FallbackOption.ToUpstream);
    return sentAgain ? RetryOptions.DEFAULTS.replayBuffer() : 0;
  }

  private static boolean takesJobs(RouteOptions route) {
    return route.async().filter(o -> o.when() != AsyncOptions.When.NEVER).isPresent();
  }

  /** Bytes of a body without which it could not be stored after a call that failed. */
  private long stored(RouteOptions route) {
    return route.fallback().stream()
        .filter(FallbackOption.ToQueue.class::isInstance)
        .mapToLong(
            option ->
                intake
                    .map(taking -> taking.maxBody(((FallbackOption.ToQueue) option).queue()))
                    .orElse(0L))
        .max()
        .orElse(0);
  }

  /**
   * A route as jobs run through it: the calls without what only helps a client that waits. A job
   * has time: its queue says how much, and when to try again.
   */
  public JobRoute job(RouteOptions route, RouteMeters counted) {
    var patient = new TimeoutOptions(LONGEST_RUN, LONGEST_RUN, route.timeout().idle());
    RouteOptions once = route.withTimeout(patient).withoutRetry();
    Step<Exchange> pipeline = target(once, counted);
    List<FallbackStep.Fallback> others =
        once.fallback().stream()
            .filter(FallbackOption.ToUpstream.class::isInstance)
            .map(option -> fallback(once, option, null, counted))
            .toList();
    if (!others.isEmpty()) {
      pipeline = new FallbackStep(once.fallbackOn(), others, counted, pipeline);
    }
    return new JobRoute(
        route,
        PathPattern.parse(route.match().path()),
        route.timeout().idle().toMillis(),
        pipeline,
        gate(route));
  }

  private JobRoute.Gate gate(RouteOptions route) {
    if (route.rateLimit().isEmpty()) {
      return head -> Optional.empty();
    }
    RateLimitOptions limit = route.rateLimit().get();
    TokenBuckets buckets = limiters.of(route.id(), limit);
    return head -> RateLimitStep.refusal(limit, buckets, head);
  }

  private Step<Exchange> target(RouteOptions route, RouteMeters counted) {
    Target target = route.target();
    if (target instanceof Target.ToUpstream to) {
      return calls(route, to.upstream(), true, counted);
    }
    if (target instanceof Target.Split split) {
      return split(route, split, counted);
    }
    if (target instanceof Target.Respond respond) {
      var answer =
          new Reply.Answer(respond.status(), respond.headers(), Buffer.buffer(respond.body()));
      return exchange -> Future.succeededFuture(answer);
    }
    if (target instanceof Target.Redirect redirect) {
      var redirector = Redirector.compile(redirect, PathPattern.parse(route.match().path()));
      return exchange ->
          Future.succeededFuture(
              new Reply.Answer(
                  redirect.status(),
                  Map.of(
                      "Location",
                      redirector.location(exchange.head().path(), exchange.head().query())),
                  Buffer.buffer()));
    }
    throw new AssertionError("unhandled target: " + target);
  }

  private Step<Exchange> split(RouteOptions route, Target.Split split, RouteMeters counted) {
    List<Step<Exchange>> branches =
        split.shares().stream().map(s -> calls(route, s.upstream(), true, counted)).toList();
    int[] weights = split.shares().stream().mapToInt(Target.Split.Share::weight).toArray();
    return new SplitStep(branches, weights, ThreadLocalRandom::current);
  }

  /** Everything between a route and one of its upstreams. */
  private Step<Exchange> calls(
      RouteOptions route, String name, boolean retried, RouteMeters counted) {
    UpstreamClient client = clients.get(name);
    var pattern = PathPattern.parse(route.match().path());
    var plan =
        new CallPlan(
            route, Rewriter.compile(route.rewrite(), pattern), editor(route.request()), via);
    Upstream upstream = client.upstream();
    Step<Attempt> call = attempt -> client.call(attempt, plan);
    if (route.fault().isPresent()) {
      var faults =
          new FaultPlan(route.fault().get(), () -> ThreadLocalRandom.current().nextDouble());
      call = new FaultStep(faults, wheel, route.timeout().attempt().toMillis(), counted, call);
    }
    Breaker breaker = upstream.breaker(route.id());
    Step<Attempt> bounded =
        upstream.options().breaker().isOff()
            ? new IsolationStep(breaker, call)
            : new BreakerStep(breaker, call);
    if (!upstream.options().concurrency().isOff()) {
      bounded =
          new BulkheadStep(
              upstream.bulkhead(),
              upstream.adaptive().orElse(null),
              context,
              wheel,
              plan.priority(),
              route.timeout().attempt().toMillis(),
              bounded);
    }
    Step<Attempt> attempts = bounded;
    RetryOptions retry = retried ? route.retry().orElse(null) : null;
    Backoff backoff =
        retry == null
            ? null
            : new Backoff(retry.backoff(), () -> ThreadLocalRandom.current().nextDouble());
    Step<Exchange> retrying = new RetryStep(retry, backoff, upstream, wheel, counted, attempts);
    if (!retried || route.hedge().isEmpty()) {
      return retrying;
    }
    BudgetOptions budget = retry == null ? BudgetOptions.DEFAULTS : retry.budget();
    return new HedgeStep(route.hedge().get(), budget, upstream, wheel, counted, retrying, bounded);
  }

  private Step<Exchange> mirror(RouteOptions route, MirrorOptions mirror, Step<Exchange> next) {
    UpstreamClient shadow = clients.get(mirror.upstream());
    var pattern = PathPattern.parse(route.match().path());
    var plan =
        new CallPlan(
            route, Rewriter.compile(route.rewrite(), pattern), editor(route.request()), via);
    return new MirrorStep(
        shadow, plan, mirror.share(), () -> ThreadLocalRandom.current().nextDouble(), next);
  }

  private List<FallbackStep.Fallback> fallbacks(
      RouteOptions route, CacheStep cached, RouteMeters counted) {
    return route.fallback().stream()
        .filter(option -> cached != null || !(option instanceof FallbackOption.Stale))
        .filter(option -> intake.isPresent() || !(option instanceof FallbackOption.ToQueue))
        .map(option -> fallback(route, option, cached, counted))
        .toList();
  }

  private FallbackStep.Fallback fallback(
      RouteOptions route, FallbackOption option, CacheStep cached, RouteMeters counted) {
    if (option instanceof FallbackOption.Stale) {
      return new FallbackStep.Fallback("stale", FallbackStep.Way.ANSWER, cached::stale);
    }
    if (option instanceof FallbackOption.ToUpstream to) {
      return new FallbackStep.Fallback(
          "upstream", FallbackStep.Way.SEND, calls(route, to.upstream(), false, counted));
    }
    if (option instanceof FallbackOption.Answer fixed) {
      var answer = new Reply.Answer(fixed.status(), fixed.headers(), Buffer.buffer(fixed.body()));
      return new FallbackStep.Fallback(
          "static", FallbackStep.Way.ANSWER, exchange -> Future.succeededFuture(answer));
    }
    if (option instanceof FallbackOption.ToQueue to && intake.isPresent()) {
      return new FallbackStep.Fallback(
          "queue", FallbackStep.Way.STORE, intake.get().storeAndForward(route, to.queue()));
    }
    throw new AssertionError("unhandled fallback: " + option);
  }

  private static HeaderEditor editor(HeaderEdits edits) {
    return edits.isEmpty() ? null : HeaderEditor.compile(edits);
  }
}
