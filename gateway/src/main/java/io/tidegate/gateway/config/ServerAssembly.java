package io.tidegate.gateway.config;

import io.tidegate.gateway.admin.AdminOptions;
import io.tidegate.gateway.edge.LimitOptions;
import io.tidegate.gateway.edge.ServerOptions;
import io.tidegate.gateway.edge.ServerTls;
import io.tidegate.gateway.security.Cidr;
import io.tidegate.metrics.TelemetryOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code server}, {@code admin} and {@code telemetry} as records. */
final class ServerAssembly {
  private ServerAssembly() {}

  static ServerOptions server(Fields fields) {
    ServerOptions d = ServerOptions.DEFAULTS;
    return new ServerOptions(
        fields.text("host").orElse(d.host()),
        fields.whole("port", d.port()),
        fields.flag("http2", d.http2()),
        fields.has("tls") ? Optional.of(tls(fields.section("tls"))) : Optional.empty(),
        fields.flag("proxy-protocol", d.proxyProtocol()),
        fields.items("trusted-proxies", Cidr.class),
        limits(fields.section("limits")),
        fields.duration("drain-delay", d.drainDelay()),
        fields.duration("drain", d.drain()));
  }

  private static ServerTls tls(Fields fields) {
    return new ServerTls(
        fields.get("certificate", Path.class).orElseThrow(),
        fields.get("key", Path.class).orElseThrow(),
        fields.get("client-ca", Path.class),
        fields.text("min-version").orElse("TLSv1.2"));
  }

  private static LimitOptions limits(Fields fields) {
    LimitOptions d = LimitOptions.DEFAULTS;
    return new LimitOptions(
        fields.whole("request-line", d.requestLine()),
        fields.whole("headers", d.headers()),
        fields.whole("header-count", d.headerCount()),
        fields.size("body", d.body()),
        fields.duration("header-timeout", d.headerTimeout()),
        fields.duration("idle-timeout", d.idleTimeout()),
        fields.whole("connections", d.connections()));
  }

  static AdminOptions admin(Fields fields) {
    AdminOptions d = AdminOptions.DEFAULTS;
    return new AdminOptions(
        fields.text("host").orElse(d.host()),
        fields.whole("port", d.port()),
        fields.text("token").filter(token -> !token.isEmpty()));
  }

  static TelemetryOptions telemetry(Fields fields) {
    TelemetryOptions d = TelemetryOptions.DEFAULTS;
    return new TelemetryOptions(
        fields.text("service").orElse(d.service()),
        logs(fields.section("logs"), d.logs()),
        traces(fields.section("traces"), d.traces()),
        metrics(fields.section("metrics"), d.metrics()));
  }

  private static TelemetryOptions.Logs logs(Fields fields, TelemetryOptions.Logs d) {
    return new TelemetryOptions.Logs(
        fields.get("format", TelemetryOptions.Logs.Format.class).orElse(d.format()),
        fields.text("level").orElse(d.level()),
        fields.flag("access", d.access()),
        fields.share("sample", d.sample()));
  }

  private static TelemetryOptions.Traces traces(Fields fields, TelemetryOptions.Traces d) {
    return new TelemetryOptions.Traces(
        fields.get("exporter", TelemetryOptions.Traces.Exporter.class).orElse(d.exporter()),
        fields.text("endpoint").orElse(d.endpoint()),
        fields.share("sample", d.sample()),
        list(fields, "propagate", String.class, d.propagate()));
  }

  private static TelemetryOptions.Metrics metrics(Fields fields, TelemetryOptions.Metrics d) {
    return new TelemetryOptions.Metrics(
        fields.flag("prometheus", d.prometheus()),
        fields.text("otlp").orElse(d.otlp()),
        list(fields, "buckets", Duration.class, d.buckets()),
        fields.flag("exemplars", d.exemplars()));
  }

  private static <T> List<T> list(Fields fields, String key, Class<T> type, List<T> fallback) {
    return fields.has(key) ? fields.items(key, type) : fallback;
  }
}
