package io.tidegate.gateway.config;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.admin.AdminOptions;
import io.tidegate.gateway.edge.LimitOptions;
import io.tidegate.gateway.edge.ServerOptions;
import io.tidegate.gateway.edge.ServerTls;
import io.tidegate.metrics.TelemetryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The options in effect as they would be written in the file, every default filled in, secrets
 * replaced by {@value #HIDDEN}: the admin token, Redis' password, secrets of callbacks, and values
 * of headers whose name says that they are one.
 */
public final class ConfigRedacted {
  /** Stands in the place of a secret. */
  public static final String HIDDEN = "***";

  private static final Pattern SECRET =
      Pattern.compile(".*(auth|cookie|token|secret|key|passw|credential|session|signature).*");

  private ConfigRedacted() {}

  /** The whole file; {@code version} is added to what the file can say. */
  public static JsonObject of(GatewayOptions options) {
    JsonObject upstreams = new JsonObject();
    new TreeMap<>(options.upstreams())
        .forEach((name, upstream) -> upstreams.put(name, UpstreamJson.of(upstream)));
    JsonArray routes = new JsonArray();
    options.routes().forEach(route -> routes.add(RouteJson.of(route)));
    JsonObject stores = StoreAssembly.json(options.stores());
    JsonObject json = new JsonObject();
    options
        .jobs()
        .ifPresent(
            jobs -> {
              json.put("queues", OffloadJson.queues(jobs)).put("jobs", OffloadJson.jobs(jobs));
              stores.put("jobs", OffloadJson.store(jobs.jobs().store()));
            });
    return json.put("version", options.version())
        .put("server", server(options.server()))
        .put("admin", admin(options.admin()))
        .put("upstreams", upstreams)
        .put("routes", routes)
        .put("telemetry", telemetry(options.telemetry()))
        .put("stores", stores)
        .put("demo", options.demo());
  }

  private static JsonObject server(ServerOptions server) {
    JsonObject json =
        new JsonObject()
            .put("host", server.host())
            .put("port", server.port())
            .put("http2", server.http2());
    server.tls().ifPresent(tls -> json.put("tls", tls(tls)));
    JsonArray proxies = new JsonArray();
    server.trustedProxies().forEach(block -> proxies.add(block.toString()));
    return json.put("proxy-protocol", server.proxyProtocol())
        .put("trusted-proxies", proxies)
        .put("limits", limits(server.limits()))
        .put("drain-delay", Units.write(server.drainDelay()))
        .put("drain", Units.write(server.drain()));
  }

  private static JsonObject tls(ServerTls tls) {
    JsonObject json =
        new JsonObject()
            .put("certificate", tls.certificate().toString())
            .put("key", tls.key().toString());
    tls.clientCa().ifPresent(ca -> json.put("client-ca", ca.toString()));
    return json.put("min-version", tls.minVersion());
  }

  private static JsonObject limits(LimitOptions limits) {
    return new JsonObject()
        .put("request-line", Units.writeSize(limits.requestLine()))
        .put("headers", Units.writeSize(limits.headers()))
        .put("header-count", limits.headerCount())
        .put("body", Units.writeSize(limits.body()))
        .put("header-timeout", Units.write(limits.headerTimeout()))
        .put("idle-timeout", Units.write(limits.idleTimeout()))
        .put("connections", limits.connections());
  }

  private static JsonObject admin(AdminOptions admin) {
    JsonObject json = new JsonObject().put("host", admin.host()).put("port", admin.port());
    admin.token().ifPresent(token -> json.put("token", HIDDEN));
    return json;
  }

  private static JsonObject telemetry(TelemetryOptions telemetry) {
    TelemetryOptions.Logs logs = telemetry.logs();
    TelemetryOptions.Traces traces = telemetry.traces();
    TelemetryOptions.Metrics metrics = telemetry.metrics();
    JsonArray buckets = new JsonArray();
    metrics.buckets().forEach(bucket -> buckets.add(Units.write(bucket)));
    return new JsonObject()
        .put("service", telemetry.service())
        .put(
            "logs",
            new JsonObject()
                .put("format", Shapes.word(logs.format()))
                .put("level", logs.level())
                .put("access", logs.access())
                .put("sample", Units.writeShare(logs.sample())))
        .put(
            "traces",
            new JsonObject()
                .put("exporter", Shapes.word(traces.exporter()))
                .put("endpoint", withoutQuery(traces.endpoint()))
                .put("sample", Units.writeShare(traces.sample()))
                .put("propagate", new JsonArray(traces.propagate())))
        .put(
            "metrics",
            new JsonObject()
                .put("prometheus", metrics.prometheus())
                .put("otlp", metrics.otlp())
                .put("buckets", buckets)
                .put("exemplars", metrics.exemplars()));
  }

  /** Collectors take keys in the query. */
  private static String withoutQuery(String url) {
    int question = url.indexOf('?');
    return question < 0 ? url : url.substring(0, question + 1) + HIDDEN;
  }

  /** Headers or parameters by name, with the values of those that look like secrets hidden. */
  static JsonObject values(Map<String, String> values) {
    JsonObject json = new JsonObject();
    new TreeMap<>(values)
        .forEach(
            (name, value) -> {
              boolean secret = SECRET.matcher(name.toLowerCase(Locale.ROOT)).matches();
              json.put(name, secret && !value.equals("*") ? HIDDEN : value);
            });
    return json;
  }
}
