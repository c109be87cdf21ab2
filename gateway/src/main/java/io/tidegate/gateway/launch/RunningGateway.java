package io.tidegate.gateway.launch;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.GatewayVerticle;
import io.tidegate.gateway.Node;
import io.tidegate.gateway.rehearsal.SampleUpstream;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.metrics.Telemetry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/** A gateway with all its verticles: deploys them in order and stops them in reverse. */
final class RunningGateway {
  private RunningGateway() {}

  static Future<Node> start(GatewayOptions options) {
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    Telemetry telemetry = Telemetry.start(options.telemetry(), System.getenv(), "0.1.0");
    Vertx vertx =
        telemetry
            .vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(loops))
            .build();
    Node node =
        new Node(vertx, telemetry, options, EndpointListener.NONE, name -> (from, to, why) -> {});
    Future<?> demo =
        options.demo() ? vertx.deployVerticle(new SampleUpstream()) : Future.succeededFuture();
    return demo.compose(ready -> node.prepare())
        .compose(
            ready ->
                vertx.deployVerticle(
                    () -> new GatewayVerticle(node), new DeploymentOptions().setInstances(loops)))
        .map(node);
  }
}
