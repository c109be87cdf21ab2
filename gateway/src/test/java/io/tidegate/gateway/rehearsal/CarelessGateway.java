package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.route.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/** Forwards to the first upstream's endpoints in turn and repeats whatever failed, safe or not. */
final class CarelessGateway implements GatewayUnderTest {
  private final Vertx vertx;
  private final int attempts;

  CarelessGateway(Vertx vertx, int attempts) {
    this.vertx = vertx;
    this.attempts = attempts;
  }

  @Override
  public Future<Running> start(GatewayOptions options) {
    var target = (Target.ToUpstream) options.routes().get(0).target();
    var endpoints = options.upstreams().get(target.upstream()).endpoints();
    var client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(500));
    int[] turn = {0};
    var server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0));
    server.requestHandler(
        request ->
            request
                .body()
                .compose(
                    body -> {
                      int port = endpoints.get(turn[0]++ % endpoints.size()).url().getPort();
                      return attempt(client, port, request, body, attempts);
                    })
                .onSuccess(status -> request.response().setStatusCode(status).end())
                .onFailure(failure -> request.response().setStatusCode(502).end()));
    return server
        .listen()
        .map(up -> new Running(up.actualPort(), () -> up.close().eventually(client::close)));
  }

  private static Future<Integer> attempt(
      HttpClient client, int port, HttpServerRequest from, Buffer body, int left) {
    var options =
        new RequestOptions()
            .setMethod(from.method())
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(from.uri())
            .putHeader(LoadClient.ID, from.getHeader(LoadClient.ID));
    return client
        .request(options)
        .compose(request -> request.send(body))
        .compose(answer -> answer.body().map(answer.statusCode()))
        .recover(failure -> Future.succeededFuture(502))
        .compose(
            status ->
                status >= 500 && left > 1
                    ? attempt(client, port, from, body, left - 1)
                    : Future.succeededFuture(status));
  }
}
