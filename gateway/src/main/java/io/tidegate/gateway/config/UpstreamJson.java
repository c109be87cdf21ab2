package io.tidegate.gateway.config;

import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.OutlierOptions;
import io.tidegate.gateway.upstream.BalanceOptions;
import io.tidegate.gateway.upstream.EndpointOptions;
import io.tidegate.gateway.upstream.HealthOptions;
import io.tidegate.gateway.upstream.PoolOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import io.tidegate.gateway.upstream.UpstreamTls;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** An upstream as it would be written in the file. */
final class UpstreamJson {
  private UpstreamJson() {}

  static JsonObject of(UpstreamOptions upstream) {
    JsonArray endpoints = new JsonArray();
    upstream.endpoints().forEach(endpoint -> endpoints.add(endpoint(endpoint)));
    JsonObject json =
        new JsonObject()
            .put("endpoints", endpoints)
            .put("balance", balance(upstream.balance()))
            .put("http2", upstream.http2());
    if (!upstream.tls().equals(UpstreamTls.DEFAULTS)) {
      json.put("tls", tls(upstream.tls()));
    }
    return json.put("pool", pool(upstream.pool()))
        .put("health", upstream.health().<Object>map(UpstreamJson::health).orElse(false))
        .put("outlier", upstream.outlier().isOff() ? false : outlier(upstream.outlier()))
        .put("breaker", upstream.breaker().isOff() ? false : breaker(upstream.breaker()))
        .put(
            "concurrency",
            upstream.concurrency().isOff() ? false : concurrency(upstream.concurrency()));
  }

  private static Object endpoint(EndpointOptions endpoint) {
    return new JsonObject()
        .put("url", endpoint.url().toString())
        .put("weight", endpoint.weight())
        .put("zone", endpoint.zone());
  }

  static Object balance(BalanceOptions balance) {
    if (balance instanceof BalanceOptions.Hash hash) {
      String source = Shapes.word(hash.source());
      Object from = hash.name().isEmpty() ? source : new JsonObject().put(source, hash.name());
      return new JsonObject().put("hash", from);
    }
    if (balance instanceof BalanceOptions.PowerOfTwo) {
      return "p2c";
    }
    if (balance instanceof BalanceOptions.RoundRobin) {
      return "round-robin";
    }
    return balance instanceof BalanceOptions.LeastRequests ? "least-requests" : "random";
  }

  private static JsonObject tls(UpstreamTls tls) {
    JsonObject json = new JsonObject();
    tls.ca().ifPresent(file -> json.put("ca", file.toString()));
    tls.certificate().ifPresent(file -> json.put("certificate", file.toString()));
    tls.key().ifPresent(file -> json.put("key", file.toString()));
    json.put("verify-host", tls.verifyHost());
    tls.serverName().ifPresent(name -> json.put("server-name", name));
    return json;
  }

  private static JsonObject pool(PoolOptions pool) {
    return new JsonObject()
        .put("connections", pool.connections())
        .put("waiting", pool.waiting())
        .put("wait", Units.write(pool.maxWait()))
        .put("connect-timeout", Units.write(pool.connectTimeout()))
        .put("idle", Units.write(pool.idle()))
        .put("max-life", Units.write(pool.maxLife()));
  }

  private static JsonObject health(HealthOptions health) {
    return new JsonObject()
        .put("path", health.path())
        .put("interval", Units.write(health.interval()))
        .put("timeout", Units.write(health.timeout()))
        .put("healthy", health.healthy())
        .put("unhealthy", health.unhealthy())
        .put("expect", HttpShapes.ranges(health.expect()));
  }

  private static JsonObject outlier(OutlierOptions outlier) {
    return new JsonObject()
        .put("failures", outlier.failures())
        .put("eject", Units.write(outlier.eject()))
        .put("max-eject", Units.write(outlier.maxEject()))
        .put("max-ejected", Units.writeShare(outlier.maxEjected()));
  }

  private static JsonObject breaker(BreakerOptions breaker) {
    JsonObject json = new JsonObject();
    breaker.failures().ifPresent(failures -> json.put("failures", failures));
    breaker.failureRate().ifPresent(rate -> json.put("failure-rate", Units.writeShare(rate)));
    breaker
        .slowCall()
        .ifPresent(
            slow ->
                json.put("slow-call", Units.write(slow))
                    .put("slow-rate", Units.writeShare(breaker.slowRate())));
    return json.put("window", Units.write(breaker.window()))
        .put("min-calls", breaker.minCalls())
        .put("reset", Units.write(breaker.reset()))
        .put("reset-max", Units.write(breaker.resetMax()))
        .put("probes", breaker.probes())
        .put("scope", breaker.scope().name().toLowerCase(Locale.ROOT));
  }

  private static JsonObject concurrency(ConcurrencyOptions concurrency) {
    JsonObject json =
        new JsonObject()
            .put("limit", concurrency.limit())
            .put("queue", concurrency.queue())
            .put("wait", Units.write(concurrency.maxWait()));
    concurrency
        .adaptive()
        .ifPresent(
            adaptive ->
                json.put(
                    "adaptive",
                    new JsonObject().put("min", adaptive.min()).put("max", adaptive.max())));
    return json;
  }
}
