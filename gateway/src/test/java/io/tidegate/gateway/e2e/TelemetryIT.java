package io.tidegate.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TelemetryIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  private static RawUpstream upstream;
  private static TidegateProcess gateway;

  @BeforeAll
  static void start() {
    upstream = RawUpstream.start(RawUpstream.OK);
    gateway =
        TidegateProcess.start(
            """
            upstreams:
              origin: {endpoints: ['%s'], breaker: false, outlier: false}
            routes:
              - id: items
                match: {path: '/items/{id}', methods: [GET, POST]}
                upstream: origin
                retry: {attempts: 2, on: [reset], backoff: {base: 1ms, max: 2ms}}
              - {id: fixed, match: {path: /fixed}, respond: {body: here}}
            """
                .formatted(upstream.url()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    upstream.close();
  }

  @BeforeEach
  void forget() {
    upstream.forget();
    upstream.behave(RawUpstream.OK);
  }

  private static RawClient.Response send(String method, String path, String headers) {
    return RawClient.exchange(
        gateway.port(), method + " " + path + " HTTP/1.1\r\nHost: a.test\r\n" + headers + "\r\n");
  }

  @Test
  void writesOneLineOfJsonPerRequest() {
    send("GET", "/items/1?secret=2", "");
    JsonObject line = gateway.awaitAccess("/items/1");
    assertThat(line.getString("method")).isEqualTo("GET");
    assertThat(line.getString("host")).isEqualTo("a.test");
    assertThat(line.getString("protocol")).isEqualTo("HTTP/1.1");
    assertThat(line.getString("route")).isEqualTo("items");
    assertThat(line.getString("template")).isEqualTo("/items/{id}");
    assertThat(line.getString("client")).isEqualTo("127.0.0.1");
    assertThat(line.getInteger("status")).isEqualTo(200);
    assertThat(line.getString("source")).isEqualTo("upstream");
    assertThat(line.getString("upstream")).isEqualTo("origin");
    assertThat(line.getString("endpoint")).isEqualTo("127.0.0.1:" + upstream.port());
    assertThat(line.getInteger("attempts")).isEqualTo(1);
    assertThat(line.getInteger("bytes_in")).isZero();
    assertThat(line.getInteger("bytes_out")).isEqualTo(2);
    assertThat(line.getDouble("duration_ms")).isBetween(0.0, 5000.0);
    assertThat(line.getDouble("upstream_ms")).isLessThanOrEqualTo(line.getDouble("duration_ms"));
    assertThat(line.encode()).contains("request_id").doesNotContain("secret");
    assertThat(Duration.between(Instant.parse(line.getString("time")), Instant.now()).abs())
        .isLessThan(Duration.ofMinutes(1));
    assertThat(gateway.lines().stream().filter(l -> l.contains("\"/items/1\""))).hasSize(1);
  }

  @Test
  void saysWhereALocalAnswerCameFrom() {
    assertThat(send("GET", "/fixed", "").text()).isEqualTo("here");
    assertThat(gateway.awaitAccess("/fixed").getString("source")).isEqualTo("local");
  }

  @Test
  void carriesTheTraceOn() {
    send(
        "GET",
        "/items/trace",
        "traceparent: 00-" + TRACE + "-" + PARENT + "-01\r\ntracestate: a=b\r\n");
    Fields seen = upstream.requests().get(0).headers();
    String[] parts = seen.first("traceparent").orElseThrow().split("-");
    assertThat(parts).hasSize(4);
    assertThat(parts[1]).isEqualTo(TRACE);
    assertThat(parts[2]).matches("[0-9a-f]{16}").isNotEqualTo(PARENT);
    assertThat(seen.first("tracestate")).contains("a=b");
    JsonObject line = gateway.awaitAccess("/items/trace");
    assertThat(line.getString("trace_id")).isEqualTo(TRACE);
    assertThat(line.getString("span_id")).matches("[0-9a-f]{16}").isNotEqualTo(PARENT);
  }

  @Test
  void beginsATraceWhereThereIsNoneOrABadOne() {
    for (String header :
        List.of(
            "",
            "traceparent: 00-zz-" + PARENT + "-01\r\n",
            "traceparent: ff-" + TRACE + "-" + PARENT + "-01\r\n")) {
      upstream.forget();
      send("GET", "/items/new-trace", header);
      String sent = upstream.requests().get(0).header("traceparent").orElseThrow();
      assertThat(sent).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]").doesNotContain(TRACE);
    }
  }

  @Test
  void namesEachFailureTheSameEverywhere() {
    upstream.behave((request, connection) -> connection.reset());
    RawClient.Response failed = send("POST", "/items/failed", "Content-Length: 0\r\n");
    assertThat(failed.status()).isEqualTo(502);
    JsonObject problem = new JsonObject(failed.text());
    assertThat(problem.getString("type")).endsWith("connection_terminated");
    assertThat(problem.getInteger("status")).isEqualTo(502);
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.encode()).doesNotContain("Exception", "io.vertx", "java.");
    JsonObject line = gateway.awaitAccess("/items/failed");
    assertThat(line.getString("failure")).isEqualTo("connection_terminated");
    assertThat(problem.getString("instance")).endsWith(line.getString("request_id"));
    assertThat(gateway.metric("tidegate_failures_total", "connection_terminated")).isPositive();
  }

  @Test
  void answersWhatNoRouteTakes() {
    RawClient.Response none = send("GET", "/none", "");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.header("proxy-status")).contains("tidegate; error=destination_not_found");
    assertThat(new JsonObject(none.text()).getString("type")).endsWith("no_route");
    RawClient.Response method = send("DELETE", "/items/refused", "");
    assertThat(method.status()).isEqualTo(405);
    assertThat(List.of(method.header("allow").orElse("").split(", *"))).contains("GET", "POST");
    assertThat(upstream.requests()).isEmpty();
  }

  @Test
  void countsRequestsAttemptsAndRetries() {
    double requests = gateway.metric("tidegate_requests_total", "items");
    double attempts = gateway.metric("tidegate_attempts_total", "origin");
    double retries = gateway.metric("tidegate_retries_total", "items");
    var failed = new java.util.concurrent.atomic.AtomicBoolean();
    upstream.behave(
        (request, connection) -> {
          if (failed.compareAndSet(false, true)) {
            connection.reset();
          } else {
            RawUpstream.OK.answer(request, connection);
          }
        });
    assertThat(send("GET", "/items/counted", "").status()).isEqualTo(200);
    gateway.awaitAccess("/items/counted");
    assertThat(gateway.metric("tidegate_requests_total", "items") - requests).isEqualTo(1);
    assertThat(gateway.metric("tidegate_attempts_total", "origin") - attempts).isEqualTo(2);
    assertThat(gateway.metric("tidegate_retries_total", "items") - retries).isEqualTo(1);
  }

  @Test
  void exposesWhatDashboardsAreBuiltOn() {
    send("GET", "/items/metrics", "");
    String metrics = gateway.admin("GET", "/metrics").text();
    for (String name :
        List.of(
            "tidegate_requests_total",
            "tidegate_request_duration_seconds_bucket",
            "tidegate_requests_in_flight",
            "tidegate_attempts_total",
            "tidegate_attempt_duration_seconds_bucket",
            "tidegate_breaker_state",
            "tidegate_pool_in_use",
            "tidegate_pool_waiting",
            "tidegate_endpoint_healthy",
            "tidegate_event_loop_lag_seconds",
            "tidegate_client_connections",
            "tidegate_config_last_reload_success",
            "jvm_memory_used_bytes")) {
      assertThat(metrics).contains("\n" + name);
    }
  }

  @Test
  void addsNoSeriesForPathsMethodsAndHostsThatClientsMakeUp() {
    send("GET", "/nowhere/0", "");
    send("MADEUP0", "/items/0", "");
    gateway.awaitAccess("/items/0");
    long before = series();
    try (var client = RawClient.connect(gateway.port())) {
      for (int i = 1; i <= 500; i++) {
        client.send("GET /nowhere/" + i + " HTTP/1.1\r\nHost: h" + i + ".test\r\n\r\n");
        client.send("MADEUP" + i + " /items/" + i + " HTTP/1.1\r\nHost: h" + i + ".test\r\n\r\n");
        client.response();
        client.response();
      }
    }
    assertThat(series()).isEqualTo(before);
  }

  private static long series() {
    return gateway
        .admin("GET", "/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("tidegate_") || line.startsWith("vertx_"))
        .count();
  }

  @Test
  void showsOperatorsItsRoutesUpstreamsAndConfiguration() {
    for (String path : List.of("/routes", "/upstreams", "/config")) {
      RawClient.Response answer = gateway.admin("GET", path);
      assertThat(answer.status()).as(path).isEqualTo(200);
      assertThat(answer.text()).contains("origin");
    }
    assertThat(gateway.admin("GET", "/health/live").status()).isEqualTo(200);
    assertThat(gateway.admin("GET", "/health/ready").status()).isEqualTo(200);
  }
}
