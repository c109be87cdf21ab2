package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.StoresOptions;
import io.tidegate.gateway.admin.AdminOptions;
import io.tidegate.gateway.edge.ServerOptions;
import io.tidegate.gateway.route.FallbackOption;
import io.tidegate.gateway.route.MirrorOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.Target;
import io.tidegate.gateway.upstream.EndpointOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import io.tidegate.gateway.upstream.UpstreamTls;
import io.tidegate.metrics.TelemetryOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The file's gateway with other upstreams behind it.
 *
 * <p>Each route gets upstreams of its own, so that a route's figures owe nothing to another's
 * breaker or pool. Its rate limit is left out, since all the load comes from one client, and its
 * cache, which would answer in the upstream's place. All other policies are as in the file.
 */
final class Stage {
  private final GatewayOptions file;
  private final Set<String> played;
  private final Map<String, UpstreamOptions> upstreams = new HashMap<>();

  /**
   * An upstream of one route.
   *
   * @param faulty whether the route calls it first; what it falls back to stays well
   */
  record Part(String route, UpstreamOptions original, boolean faulty) {
    String name() {
      return route + "~" + original.name();
    }
  }

  Stage(GatewayOptions file, Set<String> routes) {
    this.file = file;
    this.played =
        file.routes().stream()
            .filter(route -> !primaries(route.target()).isEmpty())
            .map(RouteOptions::id)
            .filter(id -> routes.isEmpty() || routes.contains(id))
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The routes that are played against. */
  List<RouteOptions> routes() {
    return file.routes().stream().filter(route -> played.contains(route.id())).toList();
  }

  /** Every upstream that {@code route} may call. */
  List<Part> parts(RouteOptions route) {
    var primaries = primaries(route.target());
    var names = new ArrayList<>(primaries);
    for (FallbackOption fallback : route.fallback()) {
      if (fallback instanceof FallbackOption.ToUpstream other) {
        names.add(other.upstream());
      }
    }
    route.mirror().ifPresent(mirror -> names.add(mirror.upstream()));
    return names.stream()
        .distinct()
        .map(name -> new Part(route.id(), file.upstreams().get(name), primaries.contains(name)))
        .toList();
  }

  private static List<String> primaries(Target target) {
    if (target instanceof Target.ToUpstream one) {
      return List.of(one.upstream());
    }
    if (target instanceof Target.Split split) {
      return split.shares().stream().map(Target.Split.Share::upstream).toList();
    }
    return List.of();
  }

  /** Puts loopback endpoints in the place of an upstream's own. */
  void cast(Part part, List<Integer> ports) {
    var original = part.original();
    var endpoints = new ArrayList<EndpointOptions>();
    for (int i = 0; i < ports.size(); i++) {
      var model = original.endpoints().get(Math.min(i, original.endpoints().size() - 1));
      var url = URI.create("http://127.0.0.1:" + ports.get(i));
      endpoints.add(new EndpointOptions(url, model.weight(), model.zone()));
    }
    upstreams.put(
        part.name(),
        new UpstreamOptions(
            part.name(),
            endpoints,
            original.balance(),
            false,
            UpstreamTls.DEFAULTS,
            original.pool(),
            original.health(),
            original.outlier(),
            original.breaker(),
            original.concurrency()));
  }

  /** The options to start from, once every part is cast. */
  GatewayOptions options() {
    var server = file.server();
    var plain =
        new ServerOptions(
            "127.0.0.1",
            0,
            server.http2(),
            Optional.empty(),
            false,
            server.trustedProxies(),
            server.limits(),
            Duration.ZERO,
            Duration.ofMillis(1));
    return new GatewayOptions(
        file.version(),
        plain,
        new AdminOptions("127.0.0.1", 0, Optional.empty()),
        upstreams,
        routes().stream().map(Stage::recast).toList(),
        quiet(file),
        StoresOptions.DEFAULTS,
        Optional.empty(),
        false);
  }

  private static TelemetryOptions quiet(GatewayOptions file) {
    var written = file.telemetry();
    var defaults = TelemetryOptions.DEFAULTS;
    var logs = written.logs();
    return new TelemetryOptions(
        written.service(),
        new TelemetryOptions.Logs(logs.format(), "error", false, 0),
        defaults.traces(),
        written.metrics());
  }

  private static RouteOptions recast(RouteOptions route) {
    Function<String, String> own = name -> route.id() + "~" + name;
    return new RouteOptions(
        route.id(),
        route.match(),
        recast(route.target(), own),
        route
            .mirror()
            .map(mirror -> new MirrorOptions(own.apply(mirror.upstream()), mirror.share())),
        route.rewrite(),
        route.request(),
        route.response(),
        route.bodyLimit(),
        route.timeout(),
        route.retry(),
        route.hedge(),
        route.fallback().stream()
            .filter(fallback -> !(fallback instanceof FallbackOption.Stale))
            .filter(fallback -> !(fallback instanceof FallbackOption.ToQueue))
            .map(fallback -> recast(fallback, own))
            .toList(),
        route.fallbackOn(),
        Optional.empty(),
        route.fault(),
        route.priority(),
        Optional.empty(),
        Optional.empty());
  }

  private static Target recast(Target target, Function<String, String> own) {
    if (target instanceof Target.ToUpstream one) {
      return new Target.ToUpstream(own.apply(one.upstream()));
    }
    if (target instanceof Target.Split split) {
      return new Target.Split(
          split.shares().stream()
              .map(share -> new Target.Split.Share(own.apply(share.upstream()), share.weight()))
              .toList());
    }
    return target;
  }

  private static FallbackOption recast(FallbackOption fallback, Function<String, String> own) {
    return fallback instanceof FallbackOption.ToUpstream other
        ? new FallbackOption.ToUpstream(own.apply(other.upstream()))
        : fallback;
  }
}
