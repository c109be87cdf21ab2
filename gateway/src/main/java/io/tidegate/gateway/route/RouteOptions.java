package io.tidegate.gateway.route;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.resilience.Conditions.Kind;
import io.tidegate.gateway.resilience.FaultOptions;
import io.tidegate.gateway.resilience.HedgeOptions;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One route, defaults already merged under it.
 *
 * @param bodyLimit bytes of a request body; empty: the server's limit
 * @param retry empty: one attempt only
 * @param priority which requests are shed first when an upstream is overloaded
 * @param cache how answers are remembered; empty: not at all
 * @param async how its requests become jobs; empty: they do not
 */
public record RouteOptions(
    String id,
    MatchOptions match,
    Target target,
    Optional<MirrorOptions> mirror,
    RewriteOptions rewrite,
    HeaderEdits request,
    HeaderEdits response,
    OptionalLong bodyLimit,
    TimeoutOptions timeout,
    Optional<RetryOptions> retry,
    Optional<HedgeOptions> hedge,
    List<FallbackOption> fallback,
    Conditions fallbackOn,
    Optional<RateLimitOptions> rateLimit,
    Optional<FaultOptions> fault,
    Priority priority,
    Optional<CachePolicy> cache,
    Optional<AsyncOptions> async) {
  /** What a fallback is for unless the route says otherwise. */
  public static final Conditions FALLBACK_ON =
      new Conditions(
          Set.of(Kind.CONNECT, Kind.RESET, Kind.TIMEOUT, Kind.BREAKER, Kind.OVERLOAD),
          Set.of(502, 503, 504));

  /** Lower ones are shed first. */
  public enum Priority {
    LOW,
    NORMAL,
    HIGH,
    CRITICAL
  }

  public RouteOptions {
    fallback = List.copyOf(fallback);
  }

  /** This route with other times. */
  public RouteOptions withTimeout(TimeoutOptions other) {
    return with(other, retry, hedge);
  }

  /** This route with one attempt only. */
  public RouteOptions withoutRetry() {
    return with(timeout, retry.map(RetryOptions::once), Optional.empty());
  }

  private RouteOptions with(
      TimeoutOptions times, Optional<RetryOptions> again, Optional<HedgeOptions> beside) {
    return new RouteOptions(
        id,
        match,
        target,
        mirror,
        rewrite,
        request,
        response,
        bodyLimit,
        times,
        again,
        beside,
        fallback,
        fallbackOn,
        rateLimit,
        fault,
        priority,
        cache,
        async);
  }
}
