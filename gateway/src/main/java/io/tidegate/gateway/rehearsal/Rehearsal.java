package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.GatewayOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Plays faults against the policies of a file: real gateways, real sockets, scripted upstreams.
 *
 * <p>Scenarios are played in lanes, side by side, each with a gateway of its own, so that each has
 * long enough for breakers to open and close again within the time for all.
 */
public final class Rehearsal {
  /** What a lane needs beside the load of a scenario: starting and stopping a gateway. */
  private static final Duration OVERHEAD = Duration.ofMillis(1_000);

  private static final Duration LEAST_LOAD = Duration.ofSeconds(1);

  /** Played first and forgotten, so that nobody's figures contain the loading of classes. */
  private static final Duration WARM_UP = Duration.ofSeconds(3);

  private static final int WARM_UP_RATE = 100;

  private final Vertx vertx;
  private final GatewayUnderTest gateway;
  private final RehearsalOptions options;
  private final Consumer<String> progress;

  /**
   * @param progress gets a line now and then, on any thread
   */
  public Rehearsal(
      Vertx vertx, GatewayUnderTest gateway, RehearsalOptions options, Consumer<String> progress) {
    this.vertx = vertx;
    this.gateway = gateway;
    this.options = options;
    this.progress = progress;
  }

  /** Names of all scenarios, in the order in which they are played. */
  public static String scenarios() {
    return Scenario.ALL.stream().map(Scenario::name).collect(Collectors.joining(", "));
  }

  /**
   * Plays what the options say.
   *
   * @return fails with IllegalArgumentException when no route is left to play against
   */
  public Future<RehearsalReport> play(GatewayOptions file) {
    var routes = new Stage(file, options.routes()).routes();
    if (routes.isEmpty()) {
      return Future.failedFuture(
          new IllegalArgumentException("no route that calls an upstream is left to rehearse"));
    }
    var programme = new Performance.Programme(file, options.routes(), load(), options.rate());
    progress.accept(announcement(options.chosen().size(), routes.size()));
    return warmUp(file).compose(warm -> play(programme));
  }

  private Future<?> warmUp(GatewayOptions file) {
    var brief = new Performance.Programme(file, options.routes(), WARM_UP, WARM_UP_RATE);
    var healthy = new ConcurrentLinkedQueue<>(Scenario.ALL.subList(0, 1));
    progress.accept("warming up");
    return play(new Lane(gateway, brief, healthy, line -> {}));
  }

  private Future<RehearsalReport> play(Performance.Programme programme) {
    var chosen = options.chosen();
    var waiting = new ConcurrentLinkedQueue<>(chosen);
    var lanes = new ArrayList<Future<List<Figures>>>();
    for (int i = 0; i < Math.min(options.lanes(), chosen.size()); i++) {
      lanes.add(play(new Lane(gateway, programme, waiting, progress)));
    }
    return Future.join(lanes)
        .map(done -> lanes.stream().flatMap(lane -> lane.result().stream()).toList())
        .map(figures -> RehearsalReport.of(figures, options.expectations()));
  }

  private Future<List<Figures>> play(Lane lane) {
    return vertx.deployVerticle(lane).compose(vertx::undeploy).map(over -> lane.figures());
  }

  private String announcement(int scenarios, int routes) {
    return String.format(
        "%d scenarios against %d routes, %d requests per second each, about %d s",
        scenarios, routes, options.rate(), options.time().toSeconds());
  }

  /** As long as each scenario may last for all to fit into the time. */
  private Duration load() {
    int chosen = options.chosen().size();
    int rounds = (chosen + options.lanes() - 1) / options.lanes();
    var each =
        options
            .time()
            .minus(WARM_UP)
            .minus(OVERHEAD)
            .dividedBy(rounds)
            .minus(OVERHEAD)
            .minus(Performance.around());
    return each.compareTo(LEAST_LOAD) < 0 ? LEAST_LOAD : each;
  }
}
