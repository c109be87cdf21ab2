package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.OutlierOptions;
import io.tidegate.gateway.upstream.HealthOptions;
import io.tidegate.gateway.upstream.PoolOptions;
import io.tidegate.gateway.upstream.UpstreamTls;
import java.time.Duration;

/** Keys of an upstream. */
final class UpstreamKeys {
  static final ScalarShape NAME =
      Shapes.text(
          "a name of 1 to 64 letters, digits, dots, dashes or underscores", "[a-zA-Z0-9._-]{1,64}");

  static final int ADAPTIVE_MIN = 8;
  static final int ADAPTIVE_MAX = 1024;

  private static final PoolOptions POOL_DEFAULT = PoolOptions.DEFAULTS;
  private static final OutlierOptions OUTLIER_DEFAULT = OutlierOptions.DEFAULTS;
  private static final BreakerOptions BREAKER_DEFAULT = BreakerOptions.DEFAULTS;
  private static final ConcurrencyOptions CONCURRENCY_DEFAULT = ConcurrencyOptions.DEFAULTS;

  private static final Section ENDPOINT =
      new Section("endpoint", "One address of an upstream.")
          .required("url", HttpShapes.ENDPOINT, "Scheme, host and port; https speaks TLS.")
          .key("weight", Shapes.whole(1, 1000), "Relative share of traffic.", 1)
          .key("zone", Shapes.text("a name"), "Free text for the operator.", "");

  private static final Section HASH =
      new Section("balance-hash", "Where the value that picks the endpoint comes from.")
          .key("header", HttpShapes.TOKEN_NAME, "A request header's value.")
          .key("cookie", HttpShapes.TOKEN_NAME, "A cookie's value.")
          .exactlyOne("header", "cookie");

  private static final Section BALANCE =
      new Section("balance", "The same endpoint for the same value.")
          .required(
              "hash",
              new EitherShape(Shapes.words("ip", "path"), HASH),
              "ip, path, {header: NAME} or {cookie: NAME}.");

  private static final Section TLS =
      new Section("upstream-tls", "TLS towards an upstream; takes https endpoints.")
          .key("ca", Shapes.FILE, "PEM file with the authorities to trust; default: Java's own.")
          .key("certificate", Shapes.FILE, "PEM file with our certificate chain, for mutual TLS.")
          .key("key", Shapes.FILE, "PEM file with its private key.")
          .key(
              "verify-host",
              Shapes.FLAG,
              "Whether the certificate must name the host.",
              UpstreamTls.DEFAULTS.verifyHost())
          .key(
              "server-name",
              HttpShapes.HOST_NAME,
              "Name sent (SNI) and verified; default: the endpoint's host.");

  private static final Section POOL =
      new Section("pool", "Connections to an upstream, per node.")
          .key(
              "connections",
              Shapes.whole(1, 100_000),
              "Calls at once on HTTP/1.1 connections; connections with HTTP/2.",
              POOL_DEFAULT.connections())
          .key(
              "waiting",
              Shapes.whole(0, 1_000_000),
              "Calls that may wait for a connection; 503 beyond.",
              POOL_DEFAULT.waiting())
          .key("wait", Shapes.time(), "How long a call may wait for one.", POOL_DEFAULT.maxWait())
          .key(
              "connect-timeout",
              Shapes.time(),
              "For the TCP and TLS handshakes.",
              POOL_DEFAULT.connectTimeout())
          .key("idle", Shapes.time(), "How long an unused connection is kept.", POOL_DEFAULT.idle())
          .key(
              "max-life",
              Shapes.duration(Duration.ofMillis(1), Duration.ofDays(30)),
              "How long a connection is used at all.",
              POOL_DEFAULT.maxLife());

  private static final Section HEALTH =
      new Section("health", "Active health checks.")
          .required(
              "path",
              Shapes.text("a path such as /healthz, with an optional query", "/[!-~]*"),
              "What is asked for with GET.")
          .key("interval", Shapes.time(), "Time between checks.", HealthOptions.INTERVAL)
          .key(
              "timeout",
              Shapes.time(),
              "Time for one check; by default 1s, or the interval when that is shorter.",
              HealthOptions.TIMEOUT)
          .key(
              "healthy",
              Shapes.whole(1, 1000),
              "Consecutive passes until an endpoint is taken back.",
              HealthOptions.HEALTHY)
          .key(
              "unhealthy",
              Shapes.whole(1, 1000),
              "Consecutive failures until it is left out.",
              HealthOptions.UNHEALTHY)
          .key(
              "expect",
              ListShape.of(HttpShapes.statuses(100, 599)).atLeastOne(),
              "Statuses that pass; by default 200-299.");

  private static final Section OUTLIER =
      new Section("outlier", "Leaves out one endpoint of several for a while when it alone fails.")
          .key(
              "failures",
              Shapes.whole(1, 1_000_000),
              "Consecutive failures of the endpoint.",
              OUTLIER_DEFAULT.failures())
          .key(
              "eject",
              Shapes.time(),
              "How long, times the number of ejections in a row.",
              OUTLIER_DEFAULT.eject())
          .key("max-eject", Shapes.time(), "The longest ejection.", OUTLIER_DEFAULT.maxEject())
          .key(
              "max-ejected",
              Shapes.SHARE,
              "Share of the endpoints that may be out at once; never the last one.",
              OUTLIER_DEFAULT.maxEjected());

  private static final Section BREAKER =
      new Section("breaker", "Stops calling an upstream that fails, and tries again later.")
          .key(
              "failures",
              Shapes.whole(1, 1_000_000),
              "Consecutive failures that open it; by default only the rate does.")
          .key(
              "failure-rate",
              Shapes.share(0.0001),
              "Share of failed calls in the window that opens it.",
              BREAKER_DEFAULT.failureRate().orElseThrow())
          .key("slow-call", Shapes.time(), "A call at least this long counts as slow.")
          .key(
              "slow-rate",
              Shapes.share(0.0001),
              "Share of slow calls in the window that opens it.",
              BREAKER_DEFAULT.slowRate())
          .key(
              "window",
              Shapes.duration(Duration.ofMillis(100), Duration.ofHours(1)),
              "How far back the rates look.",
              BREAKER_DEFAULT.window())
          .key(
              "min-calls",
              Shapes.whole(1, 1_000_000),
              "Calls in the window below which no rate is judged.",
              BREAKER_DEFAULT.minCalls())
          .key(
              "reset",
              Shapes.time(),
              "How long it stays open at first; doubles while probes fail.",
              BREAKER_DEFAULT.reset())
          .key("reset-max", Shapes.time(), "The longest it stays open.", BREAKER_DEFAULT.resetMax())
          .key(
              "probes",
              Shapes.whole(1, 1000),
              "Calls let through at once when half-open; all must succeed to close it.",
              BREAKER_DEFAULT.probes())
          .key(
              "scope",
              Shapes.constants(BreakerOptions.Scope.class),
              "One breaker for all calls to the upstream, or one for each route.",
              BREAKER_DEFAULT.scope());

  private static final Section ADAPTIVE =
      new Section("concurrency-adaptive", "A limit that follows latency (gradient).")
          .key("min", Shapes.whole(1, 1_000_000), "The limit never falls below.", ADAPTIVE_MIN)
          .key("max", Shapes.whole(1, 1_000_000), "The limit never rises above.", ADAPTIVE_MAX);

  private static final Section CONCURRENCY =
      new Section("concurrency", "How many calls may be in flight to an upstream (a bulkhead).")
          .key(
              "limit",
              Shapes.whole(1, 1_000_000),
              "Calls in flight; with adaptive, the limit to start from (default there: 20). Where"
                  + " only the pool is given, at most its connections and waiting.",
              CONCURRENCY_DEFAULT.limit())
          .key(
              "queue",
              Shapes.whole(0, 1_000_000),
              "Calls that may wait.",
              CONCURRENCY_DEFAULT.queue())
          .key(
              "wait",
              Shapes.duration(Duration.ZERO, Duration.ofHours(1)),
              "How long a call may wait.",
              CONCURRENCY_DEFAULT.maxWait())
          .key("adaptive", ADAPTIVE, "Let the limit follow latency.");

  static final Section UPSTREAM =
      new Section("upstream", "A service and how it is called.")
          .required(
              "endpoints",
              ListShape.of(new EitherShape(HttpShapes.ENDPOINT, ENDPOINT)).atLeastOne(),
              "Its addresses.")
          .key(
              "balance",
              new EitherShape(
                  Shapes.words("p2c", "round-robin", "least-requests", "random"), BALANCE),
              "How an endpoint is chosen; p2c: two at random, the one with fewer calls in flight.",
              "p2c")
          .key(
              "http2",
              Shapes.FLAG,
              "Speak HTTP/2: by ALPN with https, with prior knowledge without.",
              false)
          .key("tls", TLS, "Whom to trust and who we are.")
          .key("pool", POOL, "Connections, per node.")
          .key("health", new SwitchShape(HEALTH), "Active health checks; by default none.")
          .key(
              "outlier",
              new SwitchShape(OUTLIER),
              "Leaves out one endpoint of several when it alone fails; false: never.")
          .key(
              "breaker",
              new SwitchShape(BREAKER),
              "Stops calling an upstream that fails; false: never.")
          .key(
              "concurrency",
              new SwitchShape(CONCURRENCY),
              "How many calls may be in flight; false: only the pool limits them.");

  private UpstreamKeys() {}
}
