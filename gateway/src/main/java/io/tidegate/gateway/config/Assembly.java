package io.tidegate.gateway.config;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.StoresOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.upstream.UpstreamOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From the file's fields to its options. Every part is checked even when another is wrong, so that
 * one run tells everything; options are given only when nothing is.
 */
final class Assembly {
  private final Fields file;
  private final Problems problems;
  private final Lints lints;

  Assembly(Fields file, Problems problems, Lints lints) {
    this.file = file;
    this.problems = problems;
    this.lints = lints;
  }

  Optional<GatewayOptions> options(String version) {
    new Checks(file, problems).run();
    StoresOptions stores = stores();
    Map<String, UpstreamOptions> upstreams = upstreams();
    List<RouteOptions> routes = routes(upstreams);
    ScheduleAssembly schedules = schedules(routes);
    if (problems.errors() > 0) {
      return Optional.empty();
    }
    return Optional.of(
        new GatewayOptions(
            version,
            ServerAssembly.server(file.section("server")),
            ServerAssembly.admin(file.section("admin")),
            upstreams,
            routes,
            ServerAssembly.telemetry(file.section("telemetry")),
            stores,
            OffloadAssembly.options(file, schedules),
            file.flag("demo", false)));
  }

  /** Only when nothing is wrong with a route it is known which of them a request would take. */
  private ScheduleAssembly schedules(List<RouteOptions> routes) {
    var schedules = new ScheduleAssembly(problems.errors() > 0 ? List.of() : routes);
    if (problems.errors() == 0) {
      for (Value value : file.section("queues").values().values()) {
        schedules.check((Fields) value, problems);
        lints.queue((Fields) value);
      }
    }
    return schedules;
  }

  private StoresOptions stores() {
    Fields fields = file.section("stores");
    if (!fields.isIntact()) {
      return StoresOptions.DEFAULTS;
    }
    StoresOptions stores = StoreAssembly.stores(fields);
    lints.stores(stores, fields);
    return stores;
  }

  private Map<String, UpstreamOptions> upstreams() {
    Map<String, UpstreamOptions> upstreams = new LinkedHashMap<>();
    for (Map.Entry<String, Value> each : file.section("upstreams").values().entrySet()) {
      int before = problems.errors();
      if (each.getValue() instanceof Fields fields) {
        new UpstreamChecks(fields, problems).run();
        if (fields.isIntact() && problems.errors() == before) {
          UpstreamOptions upstream = UpstreamAssembly.upstream(each.getKey(), fields);
          upstreams.put(each.getKey(), upstream);
          lints.upstream(upstream, fields);
        }
      }
    }
    return upstreams;
  }

  private List<RouteOptions> routes(Map<String, UpstreamOptions> upstreams) {
    List<Fields> written = new ArrayList<>();
    for (Value value : file.items("routes")) {
      if (value instanceof Fields fields) {
        written.add(fields);
      }
    }
    RouteSet set = new RouteSet(written, problems);
    set.check();
    List<String> ids = set.ids();
    Fields defaults = file.section("defaults");
    List<RouteOptions> routes = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      Fields merged = written.get(i).over(defaults);
      int before = problems.errors();
      new RouteChecks(merged, file.section("upstreams").values().keySet(), problems).run();
      OffloadChecks.route(merged, file.section("queues"), problems);
      if (merged.isIntact() && problems.errors() == before) {
        RouteOptions route = RouteAssembly.route(ids.get(i), merged);
        routes.add(route);
        lints.route(route, merged, upstreams);
      }
    }
    return routes;
  }
}
