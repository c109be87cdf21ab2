package io.tidegate.gateway.wire;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.GatewayVerticle;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.config.ConfigFile;
import io.tidegate.gateway.config.ConfigReport;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.metrics.Telemetry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A gateway in this process, with one event loop, that clients reach through real sockets. */
final class RawGateway implements AutoCloseable {
  private static final String FILE =
      """
      server: {host: 127.0.0.1, port: 0, drain: 1ms, limits: {body: 1MiB}}
      telemetry: {logs: {access: false, level: error}}
      upstreams:
        up:
          endpoints: [http://127.0.0.1:%d]
          breaker: {failures: 1000, min-calls: 1000}
          outlier: {failures: 1000}
          %s
      routes:
        - match: {path: /**}
          upstream: up
          retry: {attempts: 1}
          timeout: {total: 10s, attempt: 5s, idle: 5s}
      """;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Telemetry telemetry;
  private final Node node;

  private RawGateway(GatewayOptions options) throws Exception {
    telemetry = Telemetry.start(options.telemetry(), Map.of(), "test");
    node =
        new Node(
            vertx, telemetry, options, EndpointListener.NONE, name -> (from, to, reason) -> {});
    node.prepare(Optional.empty())
        .compose(
            ready ->
                vertx.deployVerticle(
                    () -> new GatewayVerticle(node), new DeploymentOptions().setInstances(1)))
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /**
   * Starts one in front of an upstream that listens on {@code upstreamPort}.
   *
   * @param upstream further keys of the upstream, such as {@code pool: {connections: 2}}
   */
  static RawGateway before(int upstreamPort, String upstream) throws Exception {
    ConfigReport report =
        ConfigFile.parse("test", FILE.formatted(upstreamPort, upstream), Map.of(), Path.of("."));
    return new RawGateway(
        report.options().orElseThrow(() -> new AssertionError(report.problems())));
  }

  static RawGateway before(RawUpstream upstream) throws Exception {
    return before(upstream.port(), "");
  }

  int port() {
    return node.port();
  }

  Upstream upstream() {
    return node.upstreams().current().get("up");
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    telemetry.close();
  }
}
