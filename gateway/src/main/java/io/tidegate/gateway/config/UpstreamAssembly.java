package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.OutlierOptions;
import io.tidegate.gateway.upstream.BalanceOptions;
import io.tidegate.gateway.upstream.BalanceOptions.Hash.Source;
import io.tidegate.gateway.upstream.EndpointOptions;
import io.tidegate.gateway.upstream.HealthOptions;
import io.tidegate.gateway.upstream.PoolOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import io.tidegate.gateway.upstream.UpstreamTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One upstream as a record. Where a default contradicts what the user wrote, the default gives way.
 */
final class UpstreamAssembly {
  /** Where an adaptive limit starts (Netflix concurrency-limits, Gradient2Limit). */
  private static final int ADAPTIVE_START = 20;

  private UpstreamAssembly() {}

  static UpstreamOptions upstream(String name, Fields fields) {
    PoolOptions pool = pool(fields.section("pool"));
    return new UpstreamOptions(
        name,
        fields.items("endpoints").stream().map(UpstreamAssembly::endpoint).toList(),
        balance(fields),
        fields.flag("http2", false),
        tls(fields.section("tls")),
        pool,
        enabled(fields, "health").map(UpstreamAssembly::health),
        fields.isOff("outlier") ? OutlierOptions.OFF : outlier(fields.section("outlier")),
        fields.isOff("breaker") ? BreakerOptions.OFF : breaker(fields.section("breaker")),
        concurrency(fields, pool));
  }

  /** The policy's section when it is there and not off. */
  static Optional<Fields> enabled(Fields fields, String key) {
    boolean on = fields.has(key) && !fields.isOff(key);
    return on ? Optional.of(fields.section(key)) : Optional.empty();
  }

  private static EndpointOptions endpoint(Value value) {
    if (value instanceof Fields fields) {
      URI url = fields.get("url", URI.class).orElseThrow();
      return new EndpointOptions(url, fields.whole("weight", 1), fields.text("zone").orElse(""));
    }
    return new EndpointOptions((URI) ((Value.Single) value).content(), 1, "");
  }

  private static BalanceOptions balance(Fields fields) {
    Fields balance = fields.section("balance");
    Optional<String> source = balance.text("hash");
    if (source.isPresent()) {
      return new BalanceOptions.Hash(source.get().equals("ip") ? Source.IP : Source.PATH, "");
    }
    if (balance.has("hash")) {
      Fields hash = balance.section("hash");
      return hash.text("header")
          .map(header -> new BalanceOptions.Hash(Source.HEADER, header))
          .or(() -> hash.text("cookie").map(c -> new BalanceOptions.Hash(Source.COOKIE, c)))
          .orElseThrow();
    }
    return switch (fields.text("balance").orElse("p2c")) {
      case "round-robin" -> new BalanceOptions.RoundRobin();
      case "least-requests" -> new BalanceOptions.LeastRequests();
      case "random" -> new BalanceOptions.Random();
      default -> new BalanceOptions.PowerOfTwo();
    };
  }

  private static UpstreamTls tls(Fields fields) {
    return new UpstreamTls(
        fields.get("ca", Path.class),
        fields.get("certificate", Path.class),
        fields.get("key", Path.class),
        fields.flag("verify-host", UpstreamTls.DEFAULTS.verifyHost()),
        fields.text("server-name"));
  }

  private static PoolOptions pool(Fields fields) {
    PoolOptions d = PoolOptions.DEFAULTS;
    return new PoolOptions(
        fields.whole("connections", d.connections()),
        fields.whole("waiting", d.waiting()),
        fields.duration("wait", d.maxWait()),
        fields.duration("connect-timeout", d.connectTimeout()),
        fields.duration("idle", d.idle()),
        fields.duration("max-life", d.maxLife()));
  }

  private static HealthOptions health(Fields fields) {
    Optional<Duration> timeout = fields.duration("timeout");
    Duration interval = fields.duration("interval", longest(HealthOptions.INTERVAL, timeout));
    Set<Integer> expect =
        fields.items("expect", Set.class).stream()
            .flatMap(statuses -> ((Set<?>) statuses).stream())
            .map(Integer.class::cast)
            .collect(Collectors.toUnmodifiableSet());
    return new HealthOptions(
        fields.text("path").orElseThrow(),
        interval,
        timeout.orElse(shortest(HealthOptions.TIMEOUT, Optional.of(interval))),
        fields.whole("healthy", HealthOptions.HEALTHY),
        fields.whole("unhealthy", HealthOptions.UNHEALTHY),
        expect.isEmpty() ? HealthOptions.EXPECT : expect);
  }

  private static OutlierOptions outlier(Fields fields) {
    OutlierOptions d = OutlierOptions.DEFAULTS;
    Duration eject = fields.duration("eject", shortest(d.eject(), fields.duration("max-eject")));
    return new OutlierOptions(
        fields.whole("failures", d.failures()),
        eject,
        fields.duration("max-eject", longest(d.maxEject(), Optional.of(eject))),
        fields.share("max-ejected", d.maxEjected()));
  }

  private static BreakerOptions breaker(Fields fields) {
    BreakerOptions d = BreakerOptions.DEFAULTS;
    Duration reset = fields.duration("reset", shortest(d.reset(), fields.duration("reset-max")));
    return new BreakerOptions(
        fields.has("failures") ? OptionalInt.of(fields.whole("failures", 0)) : d.failures(),
        OptionalDouble.of(fields.share("failure-rate", d.failureRate().orElseThrow())),
        fields.duration("slow-call"),
        fields.share("slow-rate", d.slowRate()),
        fields.duration("window", d.window()),
        fields.whole("min-calls", d.minCalls()),
        reset,
        fields.duration("reset-max", longest(d.resetMax(), Optional.of(reset))),
        fields.whole("probes", d.probes()),
        fields.get("scope", BreakerOptions.Scope.class).orElse(d.scope()));
  }

  private static ConcurrencyOptions concurrency(Fields upstream, PoolOptions pool) {
    if (upstream.isOff("concurrency")) {
      return ConcurrencyOptions.OFF;
    }
    ConcurrencyOptions d = ConcurrencyOptions.DEFAULTS;
    Fields fields = upstream.section("concurrency");
    Optional<ConcurrencyOptions.Adaptive> adaptive =
        enabled(fields, "adaptive").map(UpstreamAssembly::adaptive);
    // A bulkhead wider than a pool that the user made small would admit calls only to refuse them.
    int room = Math.min(d.limit(), pool.connections() + pool.waiting());
    int fallback =
        adaptive
            .map(a -> Math.max(a.min(), Math.min(ADAPTIVE_START, a.max())))
            .orElse(upstream.has("pool") ? room : d.limit());
    return new ConcurrencyOptions(
        fields.whole("limit", fallback),
        fields.whole("queue", d.queue()),
        fields.duration("wait", d.maxWait()),
        adaptive);
  }

  private static ConcurrencyOptions.Adaptive adaptive(Fields fields) {
    return new ConcurrencyOptions.Adaptive(
        fields.whole("min", UpstreamKeys.ADAPTIVE_MIN),
        fields.whole("max", UpstreamKeys.ADAPTIVE_MAX));
  }

  static Duration shortest(Duration one, Optional<Duration> other) {
    return other.filter(d -> d.compareTo(one) < 0).orElse(one);
  }

  static Duration longest(Duration one, Optional<Duration> other) {
    return other.filter(d -> d.compareTo(one) > 0).orElse(one);
  }
}
