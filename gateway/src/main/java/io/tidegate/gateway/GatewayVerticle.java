package io.tidegate.gateway;

import io.tidegate.gateway.edge.ClientPort;
import io.tidegate.gateway.offload.Intake;
import io.tidegate.gateway.pipeline.CompiledRoute;
import io.tidegate.gateway.pipeline.RouteCompiler;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.gateway.route.RouteTable;
import io.tidegate.gateway.upstream.Upstream;
import io.tidegate.gateway.upstream.UpstreamClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One event loop's share of the gateway: its part of the port, its pools, its compiled routes. */
public final class GatewayVerticle extends VerticleBase implements Node.Member {
  private final Node node;
  private TimerWheel wheel;
  private ClientPort port;
  private Map<Upstream, UpstreamClient> clients = Map.of();
  private List<CompiledRoute> compiled = List.of();
  private Optional<OffloadLane> offload = Optional.empty();

  public GatewayVerticle(Node node) {
    this.node = node;
  }

  @Override
  public Future<?> start() {
    wheel = TimerWheel.create(vertx);
    node.meters().watchLoop(vertx);
    port =
        new ClientPort(
            vertx,
            context,
            node.options().server(),
            node.meters(),
            node.tracing(),
            node.accessLog().lane(),
            node.connections(),
            node.self(),
            node.number());
    offload = OffloadLane.of(node, vertx);
    compile(node.options(), node.upstreams().current());
    vertx.setPeriodic(1000, tick -> clients.values().forEach(UpstreamClient::sweep));
    node.join(this);
    return offload
        .map(
            lane ->
                lane.open(vertx, context)
                    .onSuccess(runs -> node.runsJobs(1))
                    .compose(runs -> node.jobsOpen()))
        .orElseGet(Future::succeededFuture)
        .compose(ready -> port.open())
        .onSuccess(node::listening);
  }

  @Override
  public Future<?> stop() {
    node.leave(this);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> load(GatewayOptions options, Map<String, Upstream> upstreams) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        here -> {
          try {
            compile(options, upstreams);
            done.complete();
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  /** Everything new is made before anything old is let go. */
  private void compile(GatewayOptions options, Map<String, Upstream> upstreams) {
    Map<Upstream, UpstreamClient> next = new HashMap<>();
    Map<String, UpstreamClient> byName = new HashMap<>();
    upstreams.forEach(
        (name, upstream) -> {
          UpstreamClient client = clients.get(upstream);
          if (client == null) {
            client = new UpstreamClient(vertx, context, wheel, upstream, node.closing());
          }
          next.put(upstream, client);
          byName.put(name, client);
        });
    Optional<Intake> intake =
        offload.flatMap(lane -> options.jobs().map(jobs -> lane.intake(jobs)));
    var compiler =
        new RouteCompiler(
            context,
            wheel,
            byName,
            node.meters(),
            "tidegate (" + node.self() + ")",
            options.server().limits().body(),
            node.limiters(),
            node.cache(),
            intake);
    List<RouteTable.Entry<CompiledRoute>> entries = new ArrayList<>();
    options
        .routes()
        .forEach(route -> entries.add(new RouteTable.Entry<>(route, compiler.compile(route))));
    intake.ifPresent(taking -> offload(options, compiler, taking, entries));
    port.routes(RouteTable.build(entries));
    compiled.forEach(CompiledRoute::release);
    compiled = entries.stream().map(RouteTable.Entry::payload).toList();
    clients.forEach(
        (upstream, client) -> {
          if (!next.containsKey(upstream)) {
            client.retire(options.server().drain().toMillis() + 60_000);
          }
        });
    clients = next;
  }

  /**
   * Adds what clients ask of jobs, and lets jobs run through the routes that are entered so far.
   */
  private void offload(
      GatewayOptions options,
      RouteCompiler compiler,
      Intake intake,
      List<RouteTable.Entry<CompiledRoute>> entries) {
    OffloadLane lane = offload.orElseThrow();
    lane.routes(
        entries.stream()
            .map(entry -> compiler.job(entry.options(), entry.payload().meters()))
            .toList());
    entries.addAll(
        lane.desk(intake, options.routes(), () -> node.meters().route(OffloadLane.ROUTE)));
  }

  @Override
  public int timers() {
    return wheel.size();
  }

  @Override
  public void drain() {
    context.runOnContext(here -> port.drain());
  }

  @Override
  public Future<Void> shutdown() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(here -> port.shutdown(node.options().server().drain()).onComplete(done));
    return done.future();
  }
}
