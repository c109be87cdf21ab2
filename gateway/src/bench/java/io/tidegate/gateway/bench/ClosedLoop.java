package io.tidegate.gateway.bench;

import io.vertx.core.AsyncResult;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.util.Arrays;

/**
 * Load for where wrk is missing: each connection asks again as soon as it is answered. Says what
 * wrk would say.
 */
public final class ClosedLoop {
  private static final int SAMPLES = 1 << 20;

  private final HttpClient client;
  private final int port;
  private final long end;
  private final long[] nanos = new long[SAMPLES];
  private long requests;
  private long wrong;
  private int running;

  private ClosedLoop(Vertx vertx, int port, int connections, int seconds) {
    this.port = port;
    this.running = connections;
    this.end = System.nanoTime() + seconds * 1_000_000_000L;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setPipelining(false),
            new PoolOptions().setHttp1MaxSize(connections));
  }

  /** Takes port, connections and seconds. */
  public static void main(String[] arguments) {
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    vertx.runOnContext(
        here -> {
          int connections = Integer.parseInt(arguments[1]);
          var loop =
              new ClosedLoop(
                  vertx,
                  Integer.parseInt(arguments[0]),
                  connections,
                  Integer.parseInt(arguments[2]));
          for (int i = 0; i < connections; i++) {
            loop.ask();
          }
        });
  }

  private void ask() {
    long begun = System.nanoTime();
    if (begun >= end) {
      if (--running == 0) {
        report();
      }
      return;
    }
    client
        .request(HttpMethod.GET, port, "127.0.0.1", "/some/path?with=query")
        .compose(request -> request.send())
        .compose(this::body)
        .onComplete(answer -> answered(begun, answer));
  }

  private io.vertx.core.Future<Buffer> body(HttpClientResponse response) {
    if (response.statusCode() / 100 != 2) {
      wrong++;
    }
    return response.body();
  }

  private void answered(long begun, AsyncResult<Buffer> answer) {
    if (answer.failed()) {
      wrong++;
    }
    nanos[(int) (requests++ % SAMPLES)] = System.nanoTime() - begun;
    ask();
  }

  private void report() {
    int known = (int) Math.min(requests, SAMPLES);
    long[] sorted = Arrays.copyOf(nanos, known);
    Arrays.sort(sorted);
    System.out.printf("50%% %dus%n", sorted[known / 2] / 1000);
    System.out.printf("99%% %dus%n", sorted[known * 99 / 100] / 1000);
    System.out.printf("%d requests in all%n", requests);
    if (wrong > 0) {
      System.out.println("Non-2xx or failed: " + wrong);
    }
    Runtime.getRuntime().halt(0);
  }
}
