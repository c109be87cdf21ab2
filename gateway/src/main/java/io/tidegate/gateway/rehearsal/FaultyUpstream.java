package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.resilience.RetryOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * An endpoint that plays a script, on a raw loopback socket, and notes in a ledger what reached it.
 * Lives on the event loop that it is made on.
 */
final class FaultyUpstream {
  private final Vertx vertx;
  private final Script script;
  private final Supplier<Duration> elapsed;
  private final Ledger ledger;
  private final NetServer server;

  /**
   * @param elapsed since the faults began; until then, negative, all is fine
   */
  FaultyUpstream(Vertx vertx, Script script, Supplier<Duration> elapsed, Ledger ledger) {
    this.vertx = vertx;
    this.script = script;
    this.elapsed = elapsed;
    this.ledger = ledger;
    this.server = vertx.createNetServer(new NetServerOptions().setHost("127.0.0.1").setPort(0));
  }

  /** Listens and completes with the port. */
  Future<Integer> listen() {
    return server.connectHandler(this::converse).listen().map(NetServer::actualPort);
  }

  /** Stops listening and drops every connection; from then on connections are refused. */
  Future<Void> close() {
    return server.close();
  }

  private void converse(NetSocket socket) {
    var reader = new RequestReader();
    var answering = new ScriptedAnswer(vertx, socket);
    socket.exceptionHandler(gone -> answering.stop());
    socket.closeHandler(gone -> answering.stop());
    socket.handler(
        bytes -> {
          try {
            reader.feed(bytes);
            reader.next().ifPresent(request -> answering.play(behaviour(request)));
          } catch (RuntimeException malformed) {
            socket.close(); // this is a rehearsal of the upstream's faults, not of the gateway's
          }
        });
  }

  /** What carries no id, such as health checks, feels the same fault but is not counted. */
  private Behaviour behaviour(RequestReader.Request request) {
    if (!request.id().isEmpty()) {
      ledger.received(request.id(), RetryOptions.IDEMPOTENT.contains(request.method()));
    }
    var now = elapsed.get();
    return now.isNegative()
        ? Behaviour.FINE
        : script.at(now, ThreadLocalRandom.current().nextDouble());
  }
}
