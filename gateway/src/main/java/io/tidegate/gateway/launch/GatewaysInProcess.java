package io.tidegate.gateway.launch;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.GatewayVerticle;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.rehearsal.GatewayUnderTest;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.metrics.Telemetry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Gateways for a rehearsal: the real ones, in this process, without operators and access log. */
final class GatewaysInProcess implements GatewayUnderTest {
  private final Vertx vertx;
  private final Telemetry telemetry;

  GatewaysInProcess(Vertx vertx, Telemetry telemetry) {
    this.vertx = vertx;
    this.telemetry = telemetry;
  }

  @Override
  public Future<Running> start(GatewayOptions options) {
    Node node =
        new Node(
            vertx, telemetry, options, EndpointListener.NONE, upstream -> (from, to, why) -> {});
    return node.prepare()
        .compose(ready -> vertx.deployVerticle(new GatewayVerticle(node)))
        .map(
            id ->
                new Running(
                    node.port(), () -> node.shutdown().eventually(() -> vertx.undeploy(id))));
  }
}
