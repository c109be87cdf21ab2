package io.tidegate.metrics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.metrics.Collector;
import io.tidegate.metrics.Facts;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.api.RouteMeters;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OtlpPushTest {
  private final Registry registry = new Registry(TelemetryOptions.DEFAULTS, "1.2.3");

  @AfterEach
  void close() throws Exception {
    registry.close();
  }

  private static JsonObject metric(JsonObject body, String name) {
    JsonArray metrics =
        body.getJsonArray("resourceMetrics")
            .getJsonObject(0)
            .getJsonArray("scopeMetrics")
            .getJsonObject(0)
            .getJsonArray("metrics");
    return metrics.stream()
        .map(JsonObject.class::cast)
        .filter(metric -> metric.getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sendsCountersGaugesAndHistograms() throws Exception {
    RouteMeters route = registry.route("orders");
    route.begin();
    route.end(new Facts());
    route.begin();
    registry.bindJvm();
    try (Collector collector = new Collector()) {
      new OtlpPush(registry, "tidegate", collector.url(), Map.of()).push();
      Collector.Posted posted = collector.posted.get(0);
      assertThat(posted.path()).isEqualTo("/v1/metrics");
      assertThat(posted.contentType()).isEqualTo("application/json");
      JsonObject body = new JsonObject(new String(posted.body(), StandardCharsets.UTF_8));
      assertThat(body.encode()).contains("\"service.name\"").doesNotContain("NaN");
      JsonObject requests = metric(body, "tidegate_requests").getJsonObject("sum");
      assertThat(requests.getBoolean("isMonotonic")).isTrue();
      assertThat(requests.getJsonArray("dataPoints").getJsonObject(0).getDouble("asDouble"))
          .isEqualTo(1.0);
      JsonObject durations =
          metric(body, "tidegate_request_duration_seconds")
              .getJsonObject("histogram")
              .getJsonArray("dataPoints")
              .getJsonObject(0);
      assertThat(durations.getString("count")).isEqualTo("1");
      assertThat(durations.getJsonArray("explicitBounds")).hasSize(11);
      assertThat(durations.getJsonArray("bucketCounts")).hasSize(12);
      assertThat(durations.getJsonArray("bucketCounts").getString(2)).isEqualTo("1");
      assertThat(metric(body, "tidegate_requests_in_flight").getJsonObject("gauge")).isNotNull();
    }
  }

  @Test
  void aCollectorThatIsAwayFailsNobody() throws Exception {
    Collector collector = new Collector();
    collector.close();
    new OtlpPush(registry, "tidegate", collector.url() + "/custom", Map.of()).push();
    assertThat(collector.posted).isEmpty();
  }

  @Test
  void anEndpointThatIsNoUrlIsRefused() {
    assertThatThrownBy(() -> new OtlpPush(registry, "tidegate", "localhost:4318", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("telemetry.metrics.otlp: localhost:4318");
  }
}
