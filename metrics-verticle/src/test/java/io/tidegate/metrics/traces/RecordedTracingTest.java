package io.tidegate.metrics.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.metrics.Collector;
import io.tidegate.metrics.Collector.Received;
import io.tidegate.metrics.Facts;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.TelemetryOptions.Traces;
import io.tidegate.metrics.TelemetryOptions.Traces.Exporter;
import io.tidegate.metrics.api.AttemptSpan;
import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.Tracing.Trust;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecordedTracingTest {
  private static final TraceContext SAMPLED =
      TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03", "foo=1,bar=2");
  private static final int SERVER = 2;
  private static final int CLIENT = 3;
  private static final int ERROR = 2;

  private Collector collector;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void open() throws Exception {
    collector = new Collector();
  }

  @AfterEach
  void close() {
    collector.close();
  }

  private RecordedTracing start(Exporter exporter, double share) {
    String path = exporter == Exporter.ZIPKIN ? "/api/v2/spans" : "";
    return RecordedTracing.start(
        new TelemetryOptions(
            "tidegate",
            TelemetryOptions.DEFAULTS.logs(),
            new Traces(exporter, collector.url() + path, share, List.of("tracecontext")),
            TelemetryOptions.DEFAULTS.metrics()),
        environment);
  }

  private static Facts failedRequest() {
    Facts facts = new Facts();
    facts.status = 504;
    facts.failure = "attempt_timeout";
    facts.host = "api.example.com:8443";
    return facts;
  }

  @Test
  void sendsASpanForTheRequestAndOneForEachAttempt() {
    try (RecordedTracing tracing = start(Exporter.OTLP, 0)) {
      ServerSpan server = tracing.server(SAMPLED, Trust.CONTINUE, "GET");
      AttemptSpan first = server.attempt("GET", "orders", 1);
      first.endpoint("http", "127.0.0.1", 9001, "/orders/1?token=secret");
      first.end(0, "connection_refused");
      server.event("retry", "connection_refused");
      AttemptSpan second = server.attempt("POST", "orders", 2);
      second.end(503, null);
      server.end(failedRequest());
      assertThat(second.context().traceId()).isEqualTo(SAMPLED.traceId());
      assertThat(second.context().traceparent()).endsWith("-03");
      assertThat(second.context().state()).isEqualTo("foo=1,bar=2");
      assertThat(server.context().spanId()).isNotEqualTo(second.context().spanId());
    }
    assertThat(collector.posted.get(0).path()).isEqualTo("/v1/traces");
    Map<String, Received> spans = collector.spans();
    assertThat(spans).containsOnlyKeys("GET /orders/{id}", "GET", "POST");
    Received server = spans.get("GET /orders/{id}");
    assertThat(server.traceId()).isEqualTo(SAMPLED.traceId());
    assertThat(server.parentId()).isEqualTo(SAMPLED.spanId());
    assertThat(server.kind()).isEqualTo(SERVER);
    assertThat(server.status()).isEqualTo(ERROR);
    assertThat(server.events()).containsExactly("retry");
    assertThat(server.attributes())
        .containsEntry("http.request.method", "GET")
        .containsEntry("http.route", "/orders/{id}")
        .containsEntry("http.response.status_code", "504")
        .containsEntry("url.path", "/orders/1")
        .containsEntry("url.scheme", "http")
        .containsEntry("server.address", "api.example.com")
        .containsEntry("server.port", "8443")
        .containsEntry("client.address", "192.0.2.1")
        .containsEntry("network.protocol.version", "1.1")
        .containsEntry("error.type", "attempt_timeout")
        .containsEntry("tidegate.route", "orders");
    Received refused = spans.get("GET");
    assertThat(refused.parentId()).isEqualTo(server.spanId());
    assertThat(refused.kind()).isEqualTo(CLIENT);
    assertThat(refused.status()).isEqualTo(ERROR);
    assertThat(refused.attributes())
        .containsEntry("error.type", "connection_refused")
        .containsEntry("url.full", "http://127.0.0.1:9001/orders/1")
        .doesNotContainKey("http.response.status_code");
    assertThat(spans.get("POST").attributes())
        .containsEntry("http.request.resend_count", "1")
        .containsEntry("http.response.status_code", "503")
        .containsEntry("error.type", "503");
  }

  @Test
  void aGoodRequestHasNoErrorAndAnUnknownMethodNamesNoSpan() {
    try (RecordedTracing tracing = start(Exporter.OTLP, 1)) {
      tracing.server(TraceContext.NONE, Trust.CONTINUE, "BREW").end(new Facts());
    }
    Received server = collector.spans().get("GET /orders/{id}");
    assertThat(server.status()).isZero();
    assertThat(server.parentId()).isEmpty();
    assertThat(server.attributes()).doesNotContainKey("error.type");
  }

  @Test
  void anUnsampledRequestSendsNothingButIsStillTheParentUpstream() {
    TraceContext parent =
        TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "foo=1");
    try (RecordedTracing tracing = start(Exporter.OTLP, 1)) {
      ServerSpan server = tracing.server(parent, Trust.CONTINUE, "GET");
      assertThat(server.recording()).isFalse();
      TraceContext upstream = server.attempt("GET", "orders", 1).context();
      assertThat(upstream.traceId()).isEqualTo(parent.traceId());
      assertThat(upstream.spanId()).isNotEqualTo(parent.spanId());
      assertThat(upstream.traceparent()).endsWith("-00");
      assertThat(upstream.state()).isEqualTo("foo=1");
      server.end(new Facts());
    }
    assertThat(collector.posted).isEmpty();
  }

  @Test
  void anUntrustedTraceIsRestartedOrLinked() {
    try (RecordedTracing tracing = start(Exporter.OTLP, 1)) {
      ServerSpan restarted = tracing.server(SAMPLED, Trust.RESTART, "GET");
      assertThat(restarted.context().traceId()).isNotEqualTo(SAMPLED.traceId());
      assertThat(restarted.context().state()).isEmpty();
      ServerSpan linked = tracing.server(SAMPLED, Trust.LINK, "GET");
      assertThat(linked.context().traceId()).isNotEqualTo(SAMPLED.traceId());
      linked.end(new Facts());
    }
    Received linked = collector.spans().get("GET /orders/{id}");
    assertThat(linked.links()).isEqualTo(1);
    assertThat(linked.parentId()).isEmpty();
  }

  @Test
  void zipkinGetsJson() {
    try (RecordedTracing tracing = start(Exporter.ZIPKIN, 1)) {
      ServerSpan server = tracing.server(SAMPLED, Trust.CONTINUE, "GET");
      server.attempt("GET", "orders", 1).end(200, null);
      server.end(new Facts());
    }
    Collector.Posted posted = collector.posted.get(0);
    assertThat(posted.path()).isEqualTo("/api/v2/spans");
    assertThat(posted.contentType()).isEqualTo("application/json");
    JsonArray spans = new JsonArray(new String(posted.body(), StandardCharsets.UTF_8));
    assertThat(spans).hasSize(2);
    JsonObject server = spans.getJsonObject(1);
    assertThat(server.getString("traceId")).isEqualTo(SAMPLED.traceId());
    assertThat(server.getString("kind")).isEqualTo("SERVER");
    assertThat(server.getJsonObject("localEndpoint").getString("serviceName"))
        .isEqualTo("tidegate");
  }

  @Test
  void variablesWinOverTheFile() {
    environment.put("OTEL_TRACES_SAMPLER", "always_on");
    environment.put("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    environment.put("OTEL_METRICS_EXPORTER", "otlp");
    try (RecordedTracing tracing = start(Exporter.OTLP, 0)) {
      assertThat(tracing.server(TraceContext.NONE, Trust.CONTINUE, "GET").recording()).isTrue();
    }
    Traces none = TelemetryOptions.DEFAULTS.traces();
    Traces otlp = new Traces(Exporter.OTLP, "", 1, List.of());
    assertThat(Exporting.wanted(none, Map.of())).isFalse();
    assertThat(Exporting.wanted(none, Map.of("OTEL_TRACES_EXPORTER", "otlp"))).isTrue();
    assertThat(Exporting.wanted(otlp, Map.of())).isTrue();
    assertThat(Exporting.wanted(otlp, Map.of("OTEL_TRACES_EXPORTER", "none"))).isFalse();
    assertThat(Exporting.wanted(otlp, Map.of("OTEL_SDK_DISABLED", "true"))).isFalse();
  }

  @Test
  void aVariableThatMakesNoSenseIsSaidSo() {
    environment.put("OTEL_TRACES_EXPORTER", "carrier-pigeon");
    assertThatThrownBy(() -> start(Exporter.OTLP, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("carrier-pigeon");
  }
}
