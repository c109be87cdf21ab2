package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One scenario, played against all routes at once, on one event loop: upstreams first, then the
 * gateway, then the load; everything is closed in the end, whatever happened.
 */
final class Performance {
  /** Traffic before the faults, not measured: faults hit gateways that are at work. */
  private static final Duration SETTLING = Duration.ofSeconds(1);

  /** So much earlier a port is closed, to be closed when the faults begin. */
  private static final Duration CLOSING = Duration.ofMillis(50);

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Context context;
  private final Vertx vertx;
  private final GatewayUnderTest gateway;
  private final Scenario scenario;
  private final Stage stage;
  private final Duration load;
  private final int rate;
  private final Map<String, Ledger> ledgers = new HashMap<>();
  private final List<FaultyUpstream> upstreams = new ArrayList<>();
  private final List<FaultyUpstream> refusing = new ArrayList<>();

  /** When the faults begin; far away until the load is on. */
  private long begun = System.nanoTime() + Duration.ofHours(1).toNanos();

  Performance(Context context, GatewayUnderTest gateway, Scenario scenario, Programme programme) {
    this.context = context;
    this.vertx = context.owner();
    this.gateway = gateway;
    this.scenario = scenario;
    this.stage = new Stage(programme.file(), programme.routes());
    this.load = programme.load();
    this.rate = programme.rate();
  }

  /** What all scenarios of a rehearsal have in common. */
  record Programme(GatewayOptions file, Set<String> routes, Duration load, int rate) {}

  /** Longer than the load by this much at most, starting and stopping aside. */
  static Duration around() {
    return SETTLING.plus(PATIENCE);
  }

  Future<List<Figures>> play() {
    var cast = new ArrayList<Future<?>>();
    for (RouteOptions route : stage.routes()) {
      ledgers.put(route.id(), new Ledger());
      stage.parts(route).forEach(part -> cast.add(cast(part)));
    }
    return Future.all(cast)
        .compose(ready -> here(gateway.start(stage.options())))
        .compose(running -> load(running).eventually(() -> here(running.close().get())))
        .eventually(this::strike);
  }

  /** Gateways complete where they please; we go on where our servers and timers belong. */
  private <T> Future<T> here(Future<T> elsewhere) {
    Promise<T> back = Promise.promise();
    elsewhere.onComplete(done -> context.runOnContext(now -> back.handle(done)));
    return back.future();
  }

  private Future<?> cast(Stage.Part part) {
    int endpoints = Math.max(part.original().endpoints().size(), scenario.endpoints());
    var ports = new ArrayList<Future<Integer>>();
    for (int i = 0; i < endpoints; i++) {
      var healthy = Script.always(Behaviour.FINE);
      var script = part.faulty() ? scenario.casting().of(i, load) : healthy;
      var upstream = new FaultyUpstream(vertx, script, this::elapsed, ledgers.get(part.route()));
      upstreams.add(upstream);
      if (part.faulty() && !scenario.listening()) {
        refusing.add(upstream);
      }
      ports.add(upstream.listen());
    }
    return Future.all(ports)
        .onSuccess(ready -> stage.cast(part, ports.stream().map(Future::result).toList()));
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  private Future<List<Figures>> load(GatewayUnderTest.Running running) {
    begun = System.nanoTime() + SETTLING.toNanos();
    vertx.setTimer(
        SETTLING.minus(CLOSING).toMillis(), now -> refusing.forEach(FaultyUpstream::close));
    var played = new ArrayList<Future<Figures>>();
    for (RouteOptions route : stage.routes()) {
      var client = new LoadClient(vertx, SampleCall.of(route.match()), running.port(), rate);
      var ledger = ledgers.get(route.id());
      played.add(
          client
              .play(SETTLING, load, PATIENCE)
              .map(seen -> Figures.of(route.id(), scenario, seen, ledger, load)));
    }
    return Future.all(played).map(done -> played.stream().map(Future::result).toList());
  }

  private Future<?> strike() {
    return Future.join(upstreams.stream().map(FaultyUpstream::close).toList());
  }
}
