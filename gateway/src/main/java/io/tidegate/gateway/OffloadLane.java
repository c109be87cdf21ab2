package io.tidegate.gateway;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.offload.Intake;
import io.tidegate.gateway.offload.JobCalls;
import io.tidegate.gateway.offload.JobRoute;
import io.tidegate.gateway.offload.JobRoutes;
import io.tidegate.gateway.offload.JobsDesk;
import io.tidegate.gateway.offload.LiveCalls;
import io.tidegate.gateway.offload.OffloadOptions;
import io.tidegate.gateway.offload.Runs;
import io.tidegate.gateway.pipeline.CompiledRoute;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.HeaderEdits;
import io.tidegate.gateway.route.Match;
import io.tidegate.gateway.route.MatchOptions;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.RouteTable;
import io.tidegate.gateway.route.Target;
import io.tidegate.metrics.api.RouteMeters;
import io.tidegate.worker.api.Jobs;
import io.tidegate.worker.api.QueueOptions;
import io.tidegate.worker.api.WorkerBus;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** One event loop's share of the jobs: takes them in, runs them, and tells of them. */
final class OffloadLane implements JobRoutes {
  static final String ROUTE = "jobs";
  private static final long BATCH = 8 << 20;
  private static final long LONGEST_MILLIS = 600_000;

  private final Node node;
  private final Jobs jobs;
  private final LiveCalls live;
  private OffloadOptions options;
  private Map<String, JobRoute> byId = Map.of();
  private RouteTable<JobRoute> table = RouteTable.build(List.of());

  private OffloadLane(Node node, Vertx vertx, Jobs jobs, OffloadOptions options) {
    this.node = node;
    this.jobs = jobs;
    this.options = options;
    var calls = new JobCalls(node.tracing(), node.accessLog().lane());
    this.live = new LiveCalls(vertx, jobs, this, calls);
  }

  /** Empty when this node has no jobs; that does not change while it runs. */
  static Optional<OffloadLane> of(Node node, Vertx vertx) {
    return node.options()
        .jobs()
        .map(
            options ->
                new OffloadLane(
                    node, vertx, WorkerBus.client(vertx, WorkerBus.Reach.NODE), options));
  }

  /** Begins to run jobs. */
  Future<Void> open(Vertx vertx, Context context) {
    var runs = new Runs(vertx, context, () -> this, () -> options, live.calls());
    return live.open().compose(hears -> WorkerBus.perform(vertx, QueueOptions.PERFORM, runs));
  }

  /** What takes jobs in under {@code next}, which is in force from now on. */
  Intake intake(OffloadOptions next) {
    options = next;
    return new Intake(jobs, next, live);
  }

  /** From now on jobs run through these. */
  void routes(List<JobRoute> routes) {
    Map<String, JobRoute> ids = new HashMap<>();
    routes.forEach(route -> ids.put(route.options().id(), route));
    byId = ids;
    table =
        RouteTable.build(
            routes.stream().map(route -> new RouteTable.Entry<>(route.options(), route)).toList());
  }

  @Override
  public Optional<JobRoute> named(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  @Override
  public Optional<JobRoute> matching(Exchange.Head head) {
    Match<JobRoute> match =
        table.match(
            host(head.host()), head.path(), head.method().name(), head.headers(), head.query());
    return match instanceof Match.Found<JobRoute> found
        ? Optional.of(found.payload())
        : Optional.empty();
  }

  private static String host(String authority) {
    String name = authority.replaceAll(":[0-9]*$", "");
    return name.toLowerCase(Locale.ROOT);
  }

  /** The entry of the prefix for any host, and one for each host that has routes of its own. */
  List<RouteTable.Entry<CompiledRoute>> desk(
      Intake intake, List<RouteOptions> routes, Supplier<RouteMeters> meters) {
    var desk = new JobsDesk(intake, this, node.subscribers());
    Set<String> hosts = new TreeSet<>();
    routes.forEach(route -> hosts.addAll(route.match().hosts()));
    List<List<String>> all =
        hosts.isEmpty() ? List.of(List.of()) : List.of(List.of(), List.copyOf(hosts));
    return all.stream()
        .map(names -> new RouteTable.Entry<>(route(names), compiled(desk, meters.get())))
        .toList();
  }

  private static CompiledRoute compiled(JobsDesk desk, RouteMeters meters) {
    return new CompiledRoute(
        ROUTE,
        desk,
        null,
        BATCH,
        0,
        LONGEST_MILLIS,
        TimeoutOptions.DEFAULTS.idle().toMillis(),
        meters,
        Optional.empty());
  }

  private RouteOptions route(List<String> hosts) {
    HeaderEdits none = new HeaderEdits(Map.of(), Map.of(), List.of());
    return new RouteOptions(
        ROUTE,
        new MatchOptions(hosts, options.prefix() + "/**", Set.of(), Map.of(), Map.of()),
        new Target.Respond(200, Map.of(), ""),
        Optional.empty(),
        RewriteOptions.NONE,
        none,
        none,
        OptionalLong.of(BATCH),
        TimeoutOptions.DEFAULTS,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        RouteOptions.FALLBACK_ON,
        Optional.empty(),
        Optional.empty(),
        RouteOptions.Priority.NORMAL,
        Optional.empty(),
        Optional.empty());
  }
}
