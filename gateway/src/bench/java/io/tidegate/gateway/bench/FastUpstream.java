package io.tidegate.gateway.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;

/** An origin server that answers every request with the same body; one event loop. */
public final class FastUpstream {
  private FastUpstream() {}

  /** Takes the size of the body in bytes; says which port it listens on. */
  public static void main(String[] arguments) {
    Buffer body = Buffer.buffer(new byte[Integer.parseInt(arguments[0])]);
    String length = Integer.toString(body.length());
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    vertx
        .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
        .requestHandler(
            request ->
                request
                    .response()
                    .putHeader("content-type", "application/octet-stream")
                    .putHeader("content-length", length)
                    .end(body))
        .listen()
        .onSuccess(server -> System.out.println(Contestant.LISTENING + server.actualPort()))
        .onFailure(BareProxy::giveUp);
  }
}
