package io.tidegate.gateway.launch;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.GatewayVerticle;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.rehearsal.GatewayUnderTest;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.metrics.Telemetry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;

/** Gateways for a rehearsal: the real ones, in this process, without operators and access log. */
final class GatewaysInProcess implements GatewayUnderTest {
  private final Vertx vertx;
  private final Telemetry telemetry;
  private final Context outside;

  /** To be created outside of any verticle. */
  GatewaysInProcess(Vertx vertx, Telemetry telemetry) {
    this.vertx = vertx;
    this.outside = vertx.getOrCreateContext();
    this.telemetry = telemetry;
  }

  @Override
  public Future<Running> start(GatewayOptions options) {
    Node node =
        new Node(
            vertx, telemetry, options, EndpointListener.NONE, upstream -> (from, to, why) -> {});
    return node.prepare(Optional.empty())
        .compose(ready -> deploy(new GatewayVerticle(node)))
        .map(
            id ->
                new Running(
                    node.port(), () -> node.shutdown().eventually(() -> vertx.undeploy(id))));
  }

  /** Deployed by its own caller's verticle, a gateway would be undeployed together with it. */
  private Future<String> deploy(GatewayVerticle gateway) {
    Promise<String> deployed = Promise.promise();
    outside.runOnContext(here -> vertx.deployVerticle(gateway).onComplete(deployed));
    return deployed.future();
  }
}
