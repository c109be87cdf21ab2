package io.tidegate.gateway.launch;

/** The program. */
public final class Tidegate {
  private Tidegate() {}

  public static void main(String[] arguments) throws Exception {
    var options = new io.vertx.core.VertxOptions().setPreferNativeTransport(true);
    var vertx = io.vertx.core.Vertx.vertx(options);
    System.out.println(
        vertx.isNativeTransportEnabled() + " " + vertx.unavailableNativeTransportCause());
    vertx
        .createHttpServer()
        .requestHandler(r -> r.response().end("hi"))
        .listen(0)
        .toCompletionStage()
        .toCompletableFuture()
        .get();
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }
}
