package io.tidegate.gateway.config;

import io.tidegate.gateway.admin.AdminOptions;
import io.tidegate.gateway.edge.LimitOptions;
import io.tidegate.gateway.edge.ServerOptions;
import io.tidegate.metrics.TelemetryOptions;
import java.time.Duration;

/** Keys of {@code server}, {@code admin} and {@code telemetry}. */
final class ServerKeys {
  private static final long TIB = 1L << 40;
  private static final String HTTP_URL = "(https?://[^\\s@]+)?";

  private static final LimitOptions LIMIT = LimitOptions.DEFAULTS;
  private static final ServerOptions DEFAULT = ServerOptions.DEFAULTS;
  private static final TelemetryOptions SEEN = TelemetryOptions.DEFAULTS;

  private static final Section TLS =
      new Section("server-tls", "TLS towards clients.")
          .required("certificate", Shapes.FILE, "PEM file with the certificate chain.")
          .required("key", Shapes.FILE, "PEM file with the private key.")
          .key(
              "client-ca",
              Shapes.FILE,
              "PEM file with the authorities of client certificates; when given, clients must show"
                  + " one.")
          .key("min-version", Shapes.words("TLSv1.2", "TLSv1.3"), "Oldest TLS version.", "TLSv1.2");

  private static final Section LIMITS =
      new Section("server-limits", "What one client may ask of the server.")
          .key(
              "request-line",
              Shapes.size(64, 1 << 20),
              "Method, target and version; 414 beyond.",
              LIMIT.requestLine())
          .key(
              "headers",
              Shapes.size(256, 16 << 20),
              "All header lines together; 431 beyond.",
              LIMIT.headers())
          .key(
              "header-count",
              Shapes.whole(1, 10_000),
              "Header lines; 431 beyond.",
              LIMIT.headerCount())
          .key(
              "body",
              Shapes.size(0, TIB),
              "Request body; 413 beyond. A route may raise or lower it.",
              LIMIT.body())
          .key(
              "header-timeout",
              Shapes.time(),
              "From the first byte of a request to the end of its head; 408 beyond.",
              LIMIT.headerTimeout())
          .key(
              "idle-timeout",
              Shapes.time(),
              "A connection without a byte either way for this long is closed.",
              LIMIT.idleTimeout())
          .key(
              "connections",
              Shapes.whole(1, 10_000_000),
              "Open client connections.",
              LIMIT.connections());

  static final Section SERVER =
      new Section("server", "The port for clients.")
          .key("host", HttpShapes.BIND_HOST, "Address to listen on.", DEFAULT.host())
          .key("port", Shapes.whole(0, 65_535), "Port; 0 takes any free one.", DEFAULT.port())
          .key(
              "http2",
              Shapes.FLAG,
              "HTTP/2 as well: by ALPN with tls; with prior knowledge or upgrade without.",
              DEFAULT.http2())
          .key("tls", TLS, "Serve HTTPS.")
          .key(
              "proxy-protocol",
              Shapes.FLAG,
              "Every connection starts with a PROXY protocol header (v1 or v2).",
              DEFAULT.proxyProtocol())
          .key(
              "trusted-proxies",
              ListShape.of(HttpShapes.CIDR),
              "Whose Forwarded and X-Forwarded-* are believed; those of others are replaced.",
              DEFAULT.trustedProxies())
          .key("limits", LIMITS, "What one client may ask of the server.")
          .key(
              "drain-delay",
              Shapes.duration(Duration.ZERO, Duration.ofHours(1)),
              "At shutdown, how long to go on accepting after readiness has turned to 503.",
              DEFAULT.drainDelay())
          .key(
              "drain",
              Shapes.duration(Duration.ZERO, Duration.ofHours(1)),
              "At shutdown, how long requests in flight may take to finish.",
              DEFAULT.drain());

  static final Section ADMIN =
      new Section("admin", "The operator's port.")
          .key("host", HttpShapes.BIND_HOST, "Address to listen on.", AdminOptions.DEFAULTS.host())
          .key(
              "port",
              Shapes.whole(0, 65_535),
              "Port; 0 takes any free one.",
              AdminOptions.DEFAULTS.port())
          .key(
              "token",
              Shapes.text("a token of visible ASCII without spaces", "[!-~]*").secret(),
              "Bearer token that the port asks for; required unless host is a loopback address.");

  private static final Section LOGS =
      new Section("telemetry-logs", "What is logged, and how.")
          .key(
              "format",
              Shapes.constants(TelemetryOptions.Logs.Format.class),
              "auto: text on a terminal, JSON elsewhere.",
              SEEN.logs().format())
          .key(
              "level",
              Shapes.words("trace", "debug", "info", "warn", "error"),
              "Least important level that is logged.",
              SEEN.logs().level())
          .key("access", Shapes.FLAG, "One line per request.", SEEN.logs().access())
          .key(
              "sample",
              Shapes.SHARE,
              "Share of requests that get a line; failures always do.",
              SEEN.logs().sample());

  private static final Section TRACES =
      new Section("telemetry-traces", "Where spans go.")
          .key(
              "exporter",
              Shapes.constants(TelemetryOptions.Traces.Exporter.class),
              "How spans are sent.",
              SEEN.traces().exporter())
          .key(
              "endpoint",
              Shapes.text("an http or https URL", HTTP_URL),
              "The collector; empty: the exporter's default, or the OTEL_* variables.",
              SEEN.traces().endpoint())
          .key(
              "sample",
              Shapes.SHARE,
              "Share of new traces that are recorded.",
              SEEN.traces().sample())
          .key(
              "propagate",
              ListShape.of(Shapes.words("tracecontext", "baggage")),
              "W3C fields that are passed on.",
              SEEN.traces().propagate());

  private static final Section METRICS =
      new Section("telemetry-metrics", "What is counted.")
          .key(
              "prometheus",
              Shapes.FLAG,
              "Serve /metrics on the admin port.",
              SEEN.metrics().prometheus())
          .key(
              "otlp",
              Shapes.text("an http or https URL", HTTP_URL),
              "A collector that metrics are pushed to as well, every 10 s by OTLP; empty: none.",
              SEEN.metrics().otlp())
          .key(
              "buckets",
              ListShape.of(Shapes.time()).atLeastOne(),
              "Upper bounds of the duration histograms, ascending.",
              SEEN.metrics().buckets())
          .key(
              "exemplars",
              Shapes.FLAG,
              "Attach trace ids to histogram buckets.",
              SEEN.metrics().exemplars());

  static final Section TELEMETRY =
      new Section("telemetry", "What is logged, traced and counted.")
          .key(
              "service",
              Shapes.text("a name of at most 128 visible characters", "[!-~][ -~]{0,127}"),
              "Name in logs, traces and metrics.",
              SEEN.service())
          .key("logs", LOGS, "What is logged, and how.")
          .key("traces", TRACES, "Where spans go.")
          .key("metrics", METRICS, "What is counted.");

  private ServerKeys() {}
}
