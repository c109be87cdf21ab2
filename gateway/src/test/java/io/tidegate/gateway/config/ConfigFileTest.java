package io.tidegate.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.resilience.OutlierOptions;
import io.tidegate.gateway.resilience.RateLimitOptions;
import io.tidegate.gateway.resilience.RetryOptions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.FallbackOption;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import io.tidegate.gateway.upstream.BalanceOptions;
import io.tidegate.gateway.upstream.PoolOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import io.tidegate.metrics.TelemetryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  @Test
  void upstreamsAndRoutesAloneGiveEverySafeDefault() {
    ConfigReport report = Samples.parse(Samples.SMALL);

    assertThat(report.problems()).isEmpty();
    GatewayOptions options = report.options().orElseThrow();
    UpstreamOptions upstream = options.upstreams().get("orders");
    assertThat(upstream.pool()).isEqualTo(PoolOptions.DEFAULTS);
    assertThat(upstream.breaker()).isEqualTo(BreakerOptions.DEFAULTS);
    assertThat(upstream.outlier()).isEqualTo(OutlierOptions.DEFAULTS);
    assertThat(upstream.concurrency()).isEqualTo(ConcurrencyOptions.DEFAULTS);
    assertThat(upstream.health()).isEmpty();
    RouteOptions route = options.routes().get(0);
    assertThat(route.timeout()).isEqualTo(TimeoutOptions.DEFAULTS);
    assertThat(route.retry()).contains(RetryOptions.DEFAULTS);
    assertThat(route.fallback()).isEmpty();
    assertThat(route.fallbackOn()).isEqualTo(RouteOptions.FALLBACK_ON);
    assertThat(route.priority()).isEqualTo(RouteOptions.Priority.NORMAL);
    assertThat(options.telemetry()).isEqualTo(TelemetryOptions.DEFAULTS);
    assertThat(options.demo()).isFalse();
    assertThat(options.version()).matches("[0-9a-f]{12}");
  }

  @Test
  void everyKeyOfAnUpstreamArrives() {
    UpstreamOptions upstream = Samples.options(Samples.FULL).upstreams().get("orders");

    assertThat(upstream.endpoints().get(1).weight()).isEqualTo(2);
    assertThat(upstream.endpoints().get(1).zone()).isEqualTo("b");
    assertThat(upstream.balance())
        .isEqualTo(new BalanceOptions.Hash(BalanceOptions.Hash.Source.HEADER, "X-User"));
    assertThat(upstream.pool().maxLife()).isEqualTo(Duration.ofMinutes(5));
    assertThat(upstream.health().orElseThrow().expect()).isEqualTo(Set.of(200, 204, 205, 206));
    assertThat(upstream.outlier().maxEjected()).isEqualTo(0.3);
    assertThat(upstream.breaker().failures()).hasValue(5);
    assertThat(upstream.breaker().slowCall()).contains(Duration.ofSeconds(2));
    assertThat(upstream.concurrency().adaptive()).contains(new ConcurrencyOptions.Adaptive(4, 200));
  }

  @Test
  void everyKeyOfARouteArrives() {
    RouteOptions route = Samples.options(Samples.FULL).routes().get(0);

    assertThat(route.id()).isEqualTo("orders");
    assertThat(route.match().hosts()).containsExactly("api.example.com", "*.example.org");
    assertThat(route.target())
        .isEqualTo(
            new Target.Split(
                List.of(
                    new Target.Split.Share("orders", 95), new Target.Split.Share("canary", 5))));
    assertThat(route.bodyLimit()).hasValue(50L << 20);
    RetryOptions retry = route.retry().orElseThrow();
    assertThat(retry.on().kinds())
        .containsExactlyInAnyOrder(
            Conditions.Kind.CONNECT,
            Conditions.Kind.RESET,
            Conditions.Kind.TIMEOUT,
            Conditions.Kind.REFUSED_STREAM);
    assertThat(retry.on().statuses()).hasSize(101).contains(429, 500, 599);
    assertThat(retry.budget().minPerSecond()).isEqualTo(0.5);
    assertThat(retry.replayBuffer()).isEqualTo(32 * 1024);
    assertThat(route.rateLimit())
        .contains(
            new RateLimitOptions(
                600,
                60,
                200,
                new RateLimitOptions.Key.Header("X-Caller"),
                RateLimitOptions.Scope.NODE));
    FallbackOption.Answer answer = (FallbackOption.Answer) route.fallback().get(2);
    assertThat(answer.headers())
        .isEqualTo(Map.of("Retry-After", "5", "Content-Type", "application/json"));
    assertThat(new JsonObject(answer.body()))
        .isEqualTo(new JsonObject("{\"status\":\"unavailable\",\"tries\":[1,2.5,true,null]}"));
  }

  @Test
  void defaultsLieUnderEveryRouteKeyByKey() {
    List<RouteOptions> routes = Samples.options(Samples.FULL).routes();

    assertThat(routes.get(3).timeout())
        .isEqualTo(
            new TimeoutOptions(
                Duration.ofSeconds(20), Duration.ofSeconds(3), TimeoutOptions.DEFAULTS.idle()));
    assertThat(routes.get(3).priority()).isEqualTo(RouteOptions.Priority.LOW);
    assertThat(routes.get(0).timeout().total()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void aPolicyIsSwitchedOffWithFalse() {
    GatewayOptions options = Samples.options(Samples.FULL);

    assertThat(options.upstreams().get("canary").breaker().isOff()).isTrue();
    assertThat(options.upstreams().get("canary").outlier().isOff()).isTrue();
    assertThat(options.upstreams().get("canary").concurrency().isOff()).isTrue();
    assertThat(options.routes().get(3).retry()).isEmpty();
  }

  @Test
  void oneAttemptIsNoRetry() {
    String text = Samples.SMALL + "    retry: {attempts: 1}\n";

    assertThat(Samples.options(text).routes().get(0).retry()).isEmpty();
  }

  @Test
  void routesWithoutIdGetOneThatIsUnique() {
    String text =
        """
        upstreams: {a: {endpoints: [http://h:1]}}
        routes:
          - {match: {path: "/x/{id}/**", methods: GET}, upstream: a}
          - {match: {path: "/x/{id}/**", methods: POST}, upstream: a}
          - {match: {path: /}, respond: {body: hi}}
        """;

    assertThat(Samples.options(text).routes())
        .extracting(RouteOptions::id)
        .containsExactly("a-x-id", "a-x-id-2", "respond");
  }

  @Test
  void aDefaultGivesWayToWhatTheUserWrote() {
    String text =
        """
        upstreams:
          a:
            endpoints: [http://h:1]
            health: {path: /, interval: 500ms}
            breaker: {reset: 10m}
            outlier: {eject: 1h}
            pool: {connections: 4, waiting: 4}
        routes:
          - {match: {path: /}, upstream: a, timeout: {total: 2s}, retry: {backoff: {base: 1s}}}
        """;
    GatewayOptions options = Samples.options(text);
    UpstreamOptions upstream = options.upstreams().get("a");

    assertThat(upstream.health().orElseThrow().timeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(upstream.breaker().resetMax()).isEqualTo(Duration.ofMinutes(10));
    assertThat(upstream.outlier().maxEject()).isEqualTo(Duration.ofHours(1));
    assertThat(upstream.concurrency().limit()).isEqualTo(8);
    RouteOptions route = options.routes().get(0);
    assertThat(route.timeout().attempt()).isEqualTo(Duration.ofSeconds(2));
    assertThat(route.retry().orElseThrow().backoff().max()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void whatIsRedactedReadsAsTheSameOptionsAgain() {
    GatewayOptions options = Samples.options(Samples.FULL);
    JsonObject json = ConfigRedacted.of(options);
    json.remove("version");
    JsonObject callbacks = json.getJsonObject("jobs").getJsonObject("callbacks");
    assertThat(callbacks.remove("secrets")).isEqualTo(new JsonArray().add("***"));

    GatewayOptions again = Samples.options(json.encodePrettily());

    assertThat(json.encode()).doesNotContain("not-to-be-shown", "hidden-as-well", "whsec");
    assertThat(again.jobs().orElseThrow().jobs().queues().get("work"))
        .isEqualTo(options.jobs().orElseThrow().jobs().queues().get("work"));
    assertThat(again.jobs().orElseThrow().jobs().store())
        .isEqualTo(options.jobs().orElseThrow().jobs().store());
    assertThat(again.jobs().orElseThrow().scope()).contains("x-tenant");
    assertThat(again.upstreams()).isEqualTo(options.upstreams());
    assertThat(again.routes()).isEqualTo(options.routes());
    assertThat(again.server()).isEqualTo(options.server());
    assertThat(again.telemetry()).isEqualTo(options.telemetry());
    assertThat(again.stores().redis().orElseThrow().urls())
        .isEqualTo(options.stores().redis().orElseThrow().urls());
    assertThat(again.stores().redis().orElseThrow().password()).contains(ConfigRedacted.HIDDEN);
    assertThat(again.admin().token()).contains(ConfigRedacted.HIDDEN);
  }

  @Test
  void headersThatLookLikeSecretsAreRedacted() {
    String text =
        Samples.SMALL + "    request: {set: {Authorization: Bearer abc, X-Api-Key: k1, X-A: b}}\n";
    JsonObject json = ConfigRedacted.of(Samples.options(text));

    assertThat(json.getJsonArray("routes").getJsonObject(0).getJsonObject("request"))
        .isEqualTo(
            new JsonObject()
                .put(
                    "set",
                    new JsonObject()
                        .put("Authorization", "***")
                        .put("X-A", "b")
                        .put("X-Api-Key", "***")));
  }

  @Test
  void scalarsAreInterpolatedFromEnvironmentAndFiles(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("token"), "  s3cret\n");
    String text =
        """
        server: {port: "${PORT}", http2: "${H2:false}"}
        admin: {host: 0.0.0.0, token: "${file:token}"}
        routes:
          - match: {path: "/${BASE:v1}/x"}
            respond: {body: "$${BASE} is ${BASE:v1}"}
        """;
    GatewayOptions options =
        ConfigFile.parse("x.yaml", text, Map.of("PORT", "8081", "BASE", "v2"), folder)
            .options()
            .orElseThrow();

    assertThat(options.server().port()).isEqualTo(8081);
    assertThat(options.server().http2()).isFalse();
    assertThat(options.admin().token()).contains("s3cret");
    assertThat(options.routes().get(0).match().path()).isEqualTo("/v2/x");
    assertThat(options.routes().get(0).target())
        .isEqualTo(
            new Target.Respond(
                200, Map.of("Content-Type", "text/plain; charset=utf-8"), "${BASE} is v2"));
  }

  @Test
  void anEmptyTokenIsNone() {
    String text = Samples.SMALL + "admin:\n  token: ${TIDEGATE_ADMIN_TOKEN:}\n";

    assertThat(Samples.options(text).admin().token()).isEqualTo(Optional.empty());
  }

  @Test
  void filesThatCannotBeReadAreReportedLikeAnyProblem(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("no.yaml");
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "a: é".getBytes(StandardCharsets.ISO_8859_1));
    Path large = folder.resolve("large.yaml");
    Files.write(large, new byte[ConfigFile.MAX_BYTES + 1]);

    assertThat(ConfigFile.read(missing, Map.of()).problems())
        .extracting(Problem::toString)
        .containsExactly(missing + ":1:1: error: there is no such file");
    assertThat(ConfigFile.read(folder, Map.of()).problems())
        .extracting(Problem::message)
        .containsExactly("is not a file");
    assertThat(ConfigFile.read(latin, Map.of()).problems())
        .extracting(Problem::message)
        .containsExactly("is not UTF-8 text");
    assertThat(ConfigFile.read(large, Map.of()).problems())
        .extracting(Problem::message)
        .containsExactly("found 4194305 bytes, expected at most 4MiB");
  }

  @Test
  void filesOfTlsStartAtTheFolderOfTheFile(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("c.pem"), "c");
    Files.writeString(folder.resolve("k.pem"), "k");
    Path file = folder.resolve("x.yaml");
    Files.writeString(file, Samples.SMALL + "server: {tls: {certificate: c.pem, key: k.pem}}\n");

    GatewayOptions options = ConfigFile.read(file, Map.of()).options().orElseThrow();

    assertThat(options.server().tls().orElseThrow().key()).isEqualTo(folder.resolve("k.pem"));
  }
}
