package io.tidegate.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.OutlierOptions;
import io.tidegate.gateway.upstream.BalanceOptions;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.gateway.upstream.EndpointOptions;
import io.tidegate.gateway.upstream.Endpoints;
import io.tidegate.gateway.upstream.PoolOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import io.tidegate.gateway.upstream.UpstreamTls;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class UpstreamReportTest {
  @Test
  void tellsTheStateOfEachEndpointAndOfTheBreaker(Vertx vertx) {
    Endpoints endpoints = endpoints();
    Breaker breaker =
        Breaker.create(
            vertx,
            "orders",
            BreakerOptions.DEFAULTS,
            Breaker.PROBE_TIMEOUT,
            (from, to, reason) -> {});
    endpoints.all().get(0).begin();
    for (int i = 0; i < OutlierOptions.DEFAULTS.failures(); i++) {
      endpoints.all().get(1).failed();
    }
    breaker.isolate();

    JsonObject report = UpstreamReport.of(endpoints, breaker);

    assertThat(report.getString("name")).isEqualTo("orders");
    assertThat(report.getInteger("usable")).isEqualTo(1);
    assertThat(report.getBoolean("panic")).isFalse();
    assertThat(report.getBoolean("resolved")).isTrue();
    assertThat(report.getJsonObject("breaker").getString("state")).isEqualTo("isolated");
    JsonObject up = report.getJsonArray("endpoints").getJsonObject(0);
    assertThat(up)
        .isEqualTo(
            new JsonObject()
                .put("address", "10.0.0.1:80")
                .put("host", "10.0.0.1")
                .put("tls", false)
                .put("weight", 3)
                .put("zone", "a")
                .put("state", "up")
                .put("in-flight", 1)
                .put("failures", 0));
    JsonObject out = report.getJsonArray("endpoints").getJsonObject(1);
    assertThat(out.getString("address")).isEqualTo("10.0.0.2:443");
    assertThat(out.getString("state")).isEqualTo("ejected");
    assertThat(out.getLong("ejected-ms")).isBetween(9_000L, 11_000L);
  }

  private static Endpoints endpoints() {
    UpstreamOptions options =
        new UpstreamOptions(
            "orders",
            List.of(
                new EndpointOptions(URI.create("http://10.0.0.1"), 3, "a"),
                new EndpointOptions(URI.create("https://10.0.0.2"), 1, "")),
            new BalanceOptions.PowerOfTwo(),
            false,
            UpstreamTls.DEFAULTS,
            PoolOptions.DEFAULTS,
            Optional.empty(),
            OutlierOptions.DEFAULTS,
            BreakerOptions.DEFAULTS,
            ConcurrencyOptions.DEFAULTS);
    return new Endpoints(options, EndpointListener.NONE);
  }
}
