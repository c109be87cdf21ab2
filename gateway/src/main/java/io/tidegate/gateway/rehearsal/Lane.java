package io.tidegate.gateway.rehearsal;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * Plays one scenario after the other, on its event loop, until none waits; its start is its whole
 * life. Lanes that share a queue share the work.
 */
final class Lane extends VerticleBase {
  private final GatewayUnderTest gateway;
  private final Performance.Programme programme;
  private final Queue<Scenario> waiting;
  private final Consumer<String> progress;
  private final List<Figures> figures = new ArrayList<>();

  Lane(
      GatewayUnderTest gateway,
      Performance.Programme programme,
      Queue<Scenario> waiting,
      Consumer<String> progress) {
    this.gateway = gateway;
    this.programme = programme;
    this.waiting = waiting;
    this.progress = progress;
  }

  @Override
  public Future<?> start() {
    return next();
  }

  /** All that was found; complete once it is deployed. */
  List<Figures> figures() {
    return List.copyOf(figures);
  }

  private Future<Void> next() {
    var scenario = waiting.poll();
    if (scenario == null) {
      return Future.succeededFuture();
    }
    progress.accept("playing " + scenario.name());
    return new Performance(context, gateway, scenario, programme)
        .play()
        .onSuccess(figures::addAll)
        .onFailure(broken -> waiting.clear())
        .compose(played -> next());
  }
}
