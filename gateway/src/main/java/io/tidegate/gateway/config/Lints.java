package io.tidegate.gateway.config;

import io.tidegate.cache.api.CachePolicy;
import io.tidegate.gateway.StoresOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.route.FallbackOption;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import io.tidegate.gateway.upstream.EndpointOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What is legal and unwise. Defaults alone are never warned of, only what the user wrote. */
final class Lints {
  private final Problems problems;
  private final long heap;
  private long memory = StoresOptions.Cache.DEFAULTS.memory();

  /**
   * @param heap bytes that the process may use at most
   */
  Lints(Problems problems, long heap) {
    this.problems = problems;
    this.heap = heap;
  }

  void stores(StoresOptions stores, Fields fields) {
    memory = stores.cache().memory();
    Fields cache = fields.section("cache");
    if (cache.has("memory") && memory > heap / 2) {
      problems.warning(
          cache.placeOf("memory"),
          "is more than half of the heap, "
              + mebibytes(heap / 2.0)
              + ": the cache keeps to that half (java -Xmx makes the heap larger)");
    }
  }

  void queue(Fields queue) {
    Fields batch = queue.section("batch");
    if (batch.whole("size", 1) > 1 && !queue.has("handler")) {
      problems.warning(
          batch.placeOf("size"),
          "only a handler of your own can do several jobs in one call: an upstream is called for"
              + " each");
    }
  }

  void upstream(UpstreamOptions upstream, Fields fields) {
    Fields concurrency = fields.section("concurrency");
    int limit =
        upstream.concurrency().adaptive().map(a -> a.max()).orElse(upstream.concurrency().limit());
    boolean written = concurrency.has("limit") || concurrency.section("adaptive").has("max");
    // On HTTP/2 a connection carries many calls.
    if (written && !upstream.http2() && upstream.pool().connections() < limit) {
      problems.warning(
          fields.section("pool").has("connections")
              ? fields.section("pool").placeOf("connections")
              : concurrency.place(),
          "the pool has "
              + upstream.pool().connections()
              + " connections and the bulkhead lets "
              + limit
              + " calls through: the others wait for a connection");
    }
  }

  void route(RouteOptions route, Fields fields, Map<String, UpstreamOptions> upstreams) {
    if (route.target() instanceof Target.Respond || route.target() instanceof Target.Redirect) {
      localAnswer(fields);
      return;
    }
    route.retry().ifPresent(retry -> retry(retry, route, fields, upstreams));
    hedge(route, fields);
    forwarded(route, fields);
    fallback(route, fields, upstreams);
    route.cache().ifPresent(policy -> cache(policy, fields.section("cache")));
    if (route.fault().isPresent()) {
      problems.warning(fields.placeOf("fault"), "faults are injected on purpose");
    }
  }

  private void localAnswer(Fields fields) {
    for (String key :
        List.of("retry", "hedge", "fallback", "mirror", "timeout", "rewrite", "cache")) {
      boolean own = fields.placeOf(key).path().startsWith("routes");
      if (fields.has(key) && own && !fields.isOff(key)) {
        problems.warning(fields.placeOf(key), "has no effect: the route answers without a call");
      }
    }
  }

  private void retry(
      RetryOptions retry,
      RouteOptions route,
      Fields fields,
      Map<String, UpstreamOptions> upstreams) {
    Fields written = fields.section("retry");
    Duration attempt = route.timeout().attempt();
    Duration all = attempt.multipliedBy(retry.attempts());
    boolean chosen = written.has("attempts") || fields.section("timeout").has("attempt");
    if (chosen && all.compareTo(route.timeout().total()) > 0) {
      Place place =
          written.has("attempts")
              ? written.placeOf("attempts")
              : fields.section("timeout").placeOf("attempt");
      problems.warning(
          place,
          retry.attempts()
              + " attempts of "
              + Units.write(attempt)
              + " take up to "
              + Units.write(all)
              + ", past timeout.total, "
              + Units.write(route.timeout().total()));
    }
    Set<String> unsafe =
        retry.methods().stream()
            .filter(method -> !RetryOptions.IDEMPOTENT.contains(method))
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    if (!unsafe.isEmpty()) {
      problems.warning(
          written.placeOf("methods"),
          String.join(", ", unsafe)
              + " is not idempotent: a retry may do twice what was asked once (RFC 9110 §9.2.2);"
              + " requests with an Idempotency-Key are retried without this");
    }
    replayBuffers(retry, route, fields, upstreams);
  }

  private void replayBuffers(
      RetryOptions retry,
      RouteOptions route,
      Fields fields,
      Map<String, UpstreamOptions> upstreams) {
    Fields written = fields.section("retry");
    long calls =
        targets(route).stream()
            .map(upstreams::get)
            .filter(Objects::nonNull)
            .mapToLong(Lints::callsAtOnce)
            .sum();
    double bytes = (double) retry.replayBuffer() * calls;
    boolean chosen =
        written.has("replay-buffer")
            || targets(route).stream()
                .map(upstreams::get)
                .filter(Objects::nonNull)
                .anyMatch(to -> !to.concurrency().equals(ConcurrencyOptions.DEFAULTS));
    if (chosen && bytes > heap / 4.0) {
      problems.warning(
          written.has("replay-buffer") ? written.placeOf("replay-buffer") : fields.place(),
          "with "
              + calls
              + " calls in flight these buffers take "
              + mebibytes(bytes)
              + ", past a quarter of the heap, "
              + mebibytes(heap / 4.0));
    }
  }

  private static String mebibytes(double bytes) {
    return Math.round(bytes / (1 << 20)) + "MiB";
  }

  private static long callsAtOnce(UpstreamOptions upstream) {
    return upstream.concurrency().isOff()
        ? (long) upstream.pool().connections() + upstream.pool().waiting()
        : upstream
            .concurrency()
            .adaptive()
            .map(a -> a.max())
            .orElse(upstream.concurrency().limit());
  }

  private static List<String> targets(RouteOptions route) {
    if (route.target() instanceof Target.ToUpstream to) {
      return List.of(to.upstream());
    }
    return route.target() instanceof Target.Split split
        ? split.shares().stream().map(Target.Split.Share::upstream).toList()
        : List.of();
  }

  private void hedge(RouteOptions route, Fields fields) {
    route
        .hedge()
        .flatMap(hedge -> hedge.after())
        .filter(after -> after.compareTo(route.timeout().attempt()) >= 0)
        .ifPresent(
            after ->
                problems.warning(
                    fields.section("hedge").placeOf("after"),
                    "a hedge after "
                        + Units.write(after)
                        + " never comes: an attempt ends after "
                        + Units.write(route.timeout().attempt())));
  }

  private void fallback(RouteOptions route, Fields fields, Map<String, UpstreamOptions> upstreams) {
    Set<URI> called = endpoints(targets(route), upstreams);
    List<Value> written = fields.items("fallback");
    for (int i = 0; i < route.fallback().size(); i++) {
      boolean last = i == route.fallback().size() - 1;
      if (route.fallback().get(i) instanceof FallbackOption.Answer && !last) {
        problems.warning(
            written.get(i + 1).place(), "is never tried: the answer before it ends all");
        return;
      }
      if (route.fallback().get(i) instanceof FallbackOption.ToUpstream to) {
        Set<URI> shared = endpoints(List.of(to.upstream()), upstreams);
        shared.retainAll(called);
        if (!shared.isEmpty()) {
          problems.warning(
              ((Fields) written.get(i)).placeOf("upstream"),
              "shares " + shared.iterator().next() + " with the upstream that failed");
        }
      }
    }
  }

  /** A route that stores what it cannot forward, and only reads. */
  private void forwarded(RouteOptions route, Fields fields) {
    boolean reads =
        !route.match().methods().isEmpty()
            && Set.of("GET", "HEAD", "OPTIONS", "TRACE").containsAll(route.match().methods());
    boolean stores =
        route.fallback().stream().anyMatch(option -> option instanceof FallbackOption.ToQueue);
    if (reads && stores) {
      problems.warning(
          fields.placeOf("fallback"), "a queue stores writes, and this route takes none");
    }
  }

  private void cache(CachePolicy policy, Fields fields) {
    List<String> vary = policy.vary();
    if (policy.authorized() && !vary.contains("authorization") && !vary.contains("cookie")) {
      problems.warning(
          fields.placeOf("authorized"),
          "what one user is answered may be given to others: name in vary what tells them apart");
    }
    if (fields.has("max-object") && policy.maxObject() > memory / 4) {
      problems.warning(
          fields.placeOf("max-object"),
          "a few such answers fill stores.cache.memory, " + mebibytes(memory));
    }
  }

  private static Set<URI> endpoints(List<String> names, Map<String, UpstreamOptions> upstreams) {
    return names.stream()
        .map(upstreams::get)
        .filter(Objects::nonNull)
        .flatMap(upstream -> upstream.endpoints().stream())
        .map(EndpointOptions::url)
        .collect(Collectors.toCollection(java.util.TreeSet::new));
  }
}
