package io.tidegate.gateway;

import io.tidegate.gateway.admin.AdminOptions;
import io.tidegate.gateway.edge.ServerOptions;
import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import io.tidegate.metrics.TelemetryOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole file, validated, defaults filled in.
 *
 * @param version first 12 hex digits of the SHA-256 of the file's text, for telling nodes apart
 * @param jobs empty: no queue is configured, and there are no jobs
 * @param demo whether the sample upstream runs in this process
 */
public record GatewayOptions(
    String version,
    ServerOptions server,
    AdminOptions admin,
    Map<String, UpstreamOptions> upstreams,
    List<RouteOptions> routes,
    TelemetryOptions telemetry,
    StoresOptions stores,
    Optional<OffloadOptions> jobs,
    boolean demo) {
  public GatewayOptions {
    upstreams = Map.copyOf(upstreams);
    routes = List.copyOf(routes);
  }
}
