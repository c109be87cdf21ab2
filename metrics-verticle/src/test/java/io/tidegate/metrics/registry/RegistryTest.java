package io.tidegate.metrics.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.Facts;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.RequestFacts.Source;
import io.tidegate.metrics.api.RouteMeters;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.UpstreamMeters;
import io.tidegate.metrics.api.UpstreamMeters.BreakerState;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0;q=0.5";

  private final Registry registry = new Registry(TelemetryOptions.DEFAULTS, "1.2.3");

  @AfterEach
  void close() throws Exception {
    registry.close();
  }

  private String text() throws IOException {
    return registry.text(null).body().toString();
  }

  private static void serve(RouteMeters route, Facts facts) {
    route.begin();
    route.end(facts);
  }

  @Test
  void countsEachRequestOnceByItsSource() throws Exception {
    RouteMeters route = registry.route("orders");
    Facts facts = new Facts();
    for (Source source : Source.values()) {
      facts.source = source;
      serve(route, facts);
    }
    facts.status = 503;
    facts.failure = "breaker_open";
    serve(route, facts);
    route.begin();
    assertThat(text())
        .contains(
            "tidegate_requests_total{method=\"GET\",route=\"orders\",source=\"cache\",status=\"200\"} 1.0")
        .contains(
            "tidegate_requests_total{method=\"GET\",route=\"orders\",source=\"local\",status=\"503\"} 1.0")
        .contains("tidegate_failures_total{reason=\"breaker_open\",route=\"orders\"} 1.0")
        .contains("tidegate_request_duration_seconds_bucket{route=\"orders\",le=\"0.01\"} 0")
        .contains("tidegate_request_duration_seconds_bucket{route=\"orders\",le=\"0.025\"} 5")
        .contains("tidegate_request_duration_seconds_count{route=\"orders\"} 5")
        .contains("tidegate_requests_in_flight{route=\"orders\"} 1.0");
  }

  @Test
  void aMillionDistinctRequestsAddNoSeries() throws Exception {
    RouteMeters matched = registry.route("orders");
    RouteMeters unmatched = registry.route(GatewayMeters.UNMATCHED);
    Facts facts = new Facts();
    for (String method : new String[] {"GET", "BREW"}) {
      facts.method = method;
      serve(matched, facts);
      serve(unmatched, facts);
    }
    int before = registry.series();
    for (int i = 0; i < 1_000_000; i++) {
      facts.path = "/" + i;
      facts.host = "host" + i;
      facts.client = "client" + i;
      facts.method = "METHOD" + i;
      serve((i & 1) == 0 ? matched : unmatched, facts);
    }
    assertThat(registry.series()).isEqualTo(before);
    assertThat(text())
        .contains(
            "tidegate_requests_total{method=\"OTHER\",route=\"none\",source=\"upstream\",status=\"200\"} 500001.0");
  }

  @Test
  void tooManyRoutesShareOne() throws Exception {
    for (int i = 0; i < 5000; i++) {
      serve(registry.route("route" + i), new Facts());
    }
    assertThat(registry.routes()).hasSize(Registry.SCOPES + 1);
    assertThat(text()).contains("route=\"other\"").doesNotContain("route=\"route4999\"");
  }

  @Test
  void tooManySeriesOfOneNameBecomeOther() throws Exception {
    for (int i = 0; i < Family.LIMIT + 500; i++) {
      registry.custom().counter("test_things", "Things.", "thing", "t" + i).increment();
    }
    assertThat(text()).contains("test_things_total{thing=\"other\"} 500.0");
  }

  @Test
  void reasonsFromOutsideDoNotGrowWithoutBound() throws Exception {
    RouteMeters route = registry.route("orders");
    int before = registry.series();
    for (int i = 0; i < 10_000; i++) {
      route.retried("reason" + i);
    }
    assertThat(registry.series() - before).isLessThanOrEqualTo(65);
    assertThat(text()).contains("tidegate_retries_total{reason=\"other\",route=\"orders\"}");
  }

  @Test
  void aRouteThatIsGoneTakesItsSeriesWithItOnceNobodyHoldsIt() throws Exception {
    RouteMeters before = registry.route("orders");
    serve(before, new Facts());
    RouteMeters after = registry.route("orders");
    before.release();
    serve(after, new Facts());
    assertThat(text()).contains("tidegate_request_duration_seconds_count{route=\"orders\"} 2");
    after.release();
    assertThat(text()).doesNotContain("orders");
  }

  @Test
  void aSampledRequestBecomesAnExemplarInOpenMetrics() throws Exception {
    Facts facts = new Facts();
    facts.trace = TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "");
    serve(registry.route("orders"), facts);
    GatewayMeters.Exposition open = registry.text(OPEN_METRICS);
    assertThat(open.contentType()).startsWith("application/openmetrics-text");
    assertThat(open.body().toString())
        .containsPattern(
            "le=\"0.025\"} 1 # \\{span_id=\"b7ad6b7169203331\","
                + "trace_id=\"0af7651916cd43dd8448eb211c80319c\"} 0.012345678 ")
        .endsWith("# EOF\n");
    GatewayMeters.Exposition plain = registry.text("text/plain");
    assertThat(plain.contentType()).startsWith("text/plain; version=0.0.4");
    assertThat(plain.body().toString()).doesNotContain("trace_id");
  }

  @Test
  void anUnsampledRequestIsNoExemplar() throws Exception {
    Facts facts = new Facts();
    facts.trace = TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "");
    serve(registry.route("orders"), facts);
    assertThat(registry.text(OPEN_METRICS).body().toString()).doesNotContain("trace_id");
  }

  @Test
  void showsWhatAnUpstreamDoes() throws Exception {
    UpstreamMeters upstream = registry.upstream("orders");
    upstream.breaker(BreakerState.CLOSED);
    upstream.breaker(BreakerState.OPEN);
    upstream.breaker(BreakerState.OPEN);
    upstream.attempt("ok", TimeUnit.MILLISECONDS.toNanos(3), TraceContext.NONE);
    upstream.attempt("connection_refused", 1000, TraceContext.NONE);
    upstream.poolLimit(64);
    upstream.poolInUse(3);
    upstream.poolInUse(-1);
    upstream.endpoint("127.0.0.1:9001", true);
    upstream.endpoint("127.0.0.1:9002", false);
    upstream.endpoint("127.0.0.1:9003", true);
    upstream.endpointGone("127.0.0.1:9003");
    assertThat(text())
        .contains("tidegate_breaker_state{upstream=\"orders\"} 2.0")
        .contains("tidegate_breaker_transitions_total{to=\"open\",upstream=\"orders\"} 1.0")
        .contains("tidegate_attempts_total{outcome=\"ok\",upstream=\"orders\"} 1.0")
        .contains("tidegate_attempt_duration_seconds_count{upstream=\"orders\"} 2")
        .contains("tidegate_pool_in_use{upstream=\"orders\"} 2.0")
        .contains("tidegate_pool_limit{upstream=\"orders\"} 64.0")
        .contains("tidegate_endpoint_healthy{endpoint=\"127.0.0.1:9001\",upstream=\"orders\"} 1.0")
        .contains("tidegate_endpoint_healthy{endpoint=\"127.0.0.1:9002\",upstream=\"orders\"} 0.0")
        .doesNotContain("9003");
    upstream.release();
    assertThat(text()).doesNotContain("orders");
  }

  @Test
  void saysWhichConfigRuns() throws Exception {
    registry.configLoaded("abc");
    registry.configLoaded("def");
    registry.configRejected();
    assertThat(text())
        .contains("tidegate_config_info{version=\"def\"} 1")
        .doesNotContain("version=\"abc\"")
        .contains("tidegate_config_last_reload_success 0.0")
        .contains("tidegate_config_reloads_total{result=\"accepted\"} 2.0")
        .contains("tidegate_config_reloads_total{result=\"refused\"} 1.0")
        .contains("tidegate_build_info{java=\"" + Runtime.version() + "\",version=\"1.2.3\"} 1");
  }

  @Test
  void showsTheJvm() throws Exception {
    registry.bindJvm();
    assertThat(text())
        .contains("jvm_memory_used_bytes")
        .contains("jvm_threads_live_threads")
        .contains("jvm_buffer_memory_used_bytes")
        .contains("jvm_gc_")
        .contains("process_uptime_seconds")
        .contains("tidegate_buffer_direct_bytes");
  }

  @Test
  void scrapesATensOfThousandsOfSeriesInTime() throws Exception {
    Facts facts = new Facts();
    for (int i = 0; i < Registry.SCOPES; i++) {
      serve(registry.route("route" + i), facts);
    }
    text();
    long start = System.nanoTime();
    int size = text().length();
    assertThat(size).isGreaterThan(1_000_000);
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(1000);
  }
}
