package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.StoresOptions;
import io.tidegate.gateway.admin.AdminOptions;
import io.tidegate.gateway.edge.ServerOptions;
import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.resilience.OutlierOptions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.HeaderEdits;
import io.tidegate.gateway.route.MatchOptions;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import io.tidegate.gateway.upstream.BalanceOptions;
import io.tidegate.gateway.upstream.EndpointOptions;
import io.tidegate.gateway.upstream.PoolOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import io.tidegate.gateway.upstream.UpstreamTls;
import io.tidegate.metrics.TelemetryOptions;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A file with one route, {@code /orders/**}, to one upstream. */
final class OneRoute {
  private OneRoute() {}

  static GatewayOptions to(String upstreamName, String url) {
    var upstream =
        new UpstreamOptions(
            upstreamName,
            List.of(new EndpointOptions(URI.create(url), 1, "")),
            new BalanceOptions.RoundRobin(),
            false,
            UpstreamTls.DEFAULTS,
            PoolOptions.DEFAULTS,
            Optional.empty(),
            OutlierOptions.DEFAULTS,
            BreakerOptions.DEFAULTS,
            ConcurrencyOptions.DEFAULTS);
    var route =
        new RouteOptions(
            "orders",
            new MatchOptions(List.of(), "/orders/**", Set.of(), Map.of(), Map.of()),
            new Target.ToUpstream(upstreamName),
            Optional.empty(),
            RewriteOptions.NONE,
            HeaderEdits.NONE,
            HeaderEdits.NONE,
            OptionalLong.empty(),
            TimeoutOptions.DEFAULTS,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            new Conditions(Set.of(), Set.of()),
            Optional.empty(),
            Optional.empty(),
            RouteOptions.Priority.NORMAL,
            Optional.empty(),
            Optional.empty());
    return new GatewayOptions(
        "0",
        ServerOptions.DEFAULTS,
        AdminOptions.DEFAULTS,
        Map.of(upstreamName, upstream),
        List.of(route),
        TelemetryOptions.DEFAULTS,
        StoresOptions.DEFAULTS,
        Optional.empty(),
        false);
  }
}
