package io.tidegate.gateway.bench;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.Set;

/**
 * The least that a proxy in Vert.x can do: server plus client, hop-by-hop headers stripped, body
 * piped, nothing counted, logged, limited or tried again. What Tidegate's own work is measured
 * against.
 */
public final class BareProxy {
  private static final Set<String> NOT_PASSED =
      Set.of("connection", "keep-alive", "te", "transfer-encoding", "upgrade", "host", "expect");

  private final HttpClient client;
  private final SocketAddress origin;

  private BareProxy(Vertx vertx, int originPort) {
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setMaxChunkSize(64 * 1024),
            new PoolOptions().setHttp1MaxSize(64));
    origin = SocketAddress.inetSocketAddress(originPort, "127.0.0.1");
  }

  /** Takes the origin's port; says which port it listens on itself. */
  public static void main(String[] arguments) {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    var proxy = new BareProxy(vertx, Integer.parseInt(arguments[0]));
    vertx
        .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
        .requestHandler(proxy::handle)
        .listen()
        .onSuccess(server -> System.out.println(Contestant.LISTENING + server.actualPort()))
        .onFailure(BareProxy::giveUp);
  }

  static void giveUp(Throwable failure) {
    System.err.println(failure);
    Runtime.getRuntime().halt(1);
  }

  private void handle(HttpServerRequest in) {
    in.pause();
    client
        .request(new RequestOptions().setMethod(in.method()).setServer(origin).setURI(in.uri()))
        .onSuccess(out -> forward(in, out))
        .onFailure(failure -> in.response().setStatusCode(503).end());
  }

  private static void forward(HttpServerRequest in, HttpClientRequest out) {
    copy(in.headers(), out.headers());
    out.authority(in.authority());
    boolean body =
        in.headers().contains("content-length") || in.headers().contains("transfer-encoding");
    if (!body) {
      in.resume();
    }
    (body ? out.send(in) : out.send())
        .onSuccess(answer -> answer(answer, out, in.response()))
        .onFailure(failure -> in.response().setStatusCode(502).end());
  }

  private static void answer(
      HttpClientResponse from, HttpClientRequest request, HttpServerResponse to) {
    to.setStatusCode(from.statusCode());
    copy(from.headers(), to.headers());
    if (!from.headers().contains("content-length")) {
      to.setChunked(true);
    }
    to.exceptionHandler(gone -> request.reset(8));
    from.pipe()
        .endOnComplete(false)
        .to(to)
        .onSuccess(done -> to.end())
        .onFailure(failure -> to.reset());
  }

  private static void copy(MultiMap from, MultiMap to) {
    from.forEach(
        (name, value) -> {
          if (!NOT_PASSED.contains(name.toLowerCase(java.util.Locale.ROOT))) {
            to.add(name, value);
          }
        });
  }
}
