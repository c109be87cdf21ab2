package io.tidegate.gateway.e2e;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Both ends of HTTP/2 and of TLS, for what plain sockets would make too long to write. */
final class VertxPeers implements AutoCloseable {
  private static final int PATIENCE = 20;

  /** A whole answer. */
  record Answer(int status, MultiMap headers, MultiMap trailers, String body) {}

  private final List<Object> clients = new CopyOnWriteArrayList<>();
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));

  Vertx vertx() {
    return vertx;
  }

  /** What {@code future} becomes, in time. */
  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(PATIENCE, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("not done in " + PATIENCE + " s", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /** An HTTP/2 server without TLS on a port of its own. */
  HttpServer http2Upstream(Handler<HttpServerRequest> handler) {
    return serve(new HttpServerOptions(), handler);
  }

  HttpServer serve(HttpServerOptions options, Handler<HttpServerRequest> handler) {
    options.setHost("127.0.0.1").setPort(0);
    return await(vertx.createHttpServer(options).requestHandler(handler).listen());
  }

  /** A client that speaks HTTP/2 from the first byte, on {@code connections} connections. */
  HttpClientAgent http2Client(int connections) {
    return client(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setHttp2MultiplexingLimit(1000),
        new PoolOptions().setHttp2MaxSize(connections));
  }

  HttpClientAgent client(HttpClientOptions options, PoolOptions pool) {
    return kept(vertx.createHttpClient(options, pool));
  }

  WebSocketClient webSocketClient(WebSocketClientOptions options) {
    return kept(vertx.createWebSocketClient(options));
  }

  /** Vert.x closes a client that nobody holds any more, in the middle of a call if need be. */
  private <T> T kept(T client) {
    clients.add(client);
    return client;
  }

  /** An open WebSocket on {@code path} of a gateway at {@code port}. */
  WebSocket webSocket(int port, String path) {
    var options = new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI(path);
    return await(webSocketClient(new WebSocketClientOptions()).connect(options));
  }

  /** A server that says whatever it is told, on WebSockets. */
  HttpServer webSocketEcho() {
    var options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
    return await(
        vertx
            .createHttpServer(options)
            .webSocketHandler(socket -> socket.textMessageHandler(socket::writeTextMessage))
            .listen());
  }

  /** Sends a request with a whole body (or none) and takes the answer whole. */
  static Future<Answer> exchange(HttpClientAgent client, RequestOptions options, Buffer body) {
    return client
        .request(options)
        .compose(request -> body == null ? request.send() : request.send(body))
        .compose(VertxPeers::whole);
  }

  static Answer exchange(
      HttpClientAgent client,
      int port,
      HttpMethod method,
      String uri,
      Map<String, String> headers) {
    return await(exchange(client, options(port, method, uri, headers), null));
  }

  static RequestOptions options(
      int port, HttpMethod method, String uri, Map<String, String> headers) {
    var options = new RequestOptions().setHost("127.0.0.1").setPort(port).setMethod(method);
    headers.forEach(options::putHeader);
    return options.setURI(uri);
  }

  /** A request that is open for the test to write to. */
  static HttpClientRequest open(HttpClientAgent client, int port, HttpMethod method, String uri) {
    return await(client.request(options(port, method, uri, Map.of())));
  }

  static Future<Answer> whole(HttpClientResponse response) {
    return response
        .body()
        .map(
            body ->
                new Answer(
                    response.statusCode(),
                    response.headers(),
                    response.trailers(),
                    body.toString("ISO-8859-1")));
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
