package io.tidegate.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.Step;
import io.tidegate.gateway.pipeline.CompiledRoute;
import io.tidegate.gateway.resilience.TimeoutOptions;
import io.tidegate.gateway.route.HeaderEdits;
import io.tidegate.gateway.route.MatchOptions;
import io.tidegate.gateway.route.RewriteOptions;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.gateway.route.RouteTable;
import io.tidegate.gateway.route.Target;
import io.tidegate.metrics.Telemetry;
import io.tidegate.metrics.TelemetryOptions;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ClientPortTest {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final Telemetry telemetry = Telemetry.start(TelemetryOptions.DEFAULTS, Map.of(), "test");

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
    telemetry.close();
  }

  /** What a port knows is of one thread: a second one, even for a moment, mixes up requests. */
  @Test
  void servesOnItsOwnEventLoopWhoeverOpensIt() throws Exception {
    Context own = context();
    Context other = context();
    assertThat(thread(own)).isNotEqualTo(thread(other));
    Promise<ClientPort> made = Promise.promise();
    own.runOnContext(here -> made.complete(port(own)));
    ClientPort port = await(made.future());

    Promise<Integer> opened = Promise.promise();
    other.runOnContext(here -> port.open().onComplete(opened));
    String served = get(await(opened.future()));

    assertThat(served).isEqualTo(thread(own));
  }

  private Context context() throws Exception {
    Promise<Context> made = Promise.promise();
    vertx.deployVerticle(
        new VerticleBase() {
          @Override
          public Future<?> start() {
            made.complete(context);
            return Future.succeededFuture();
          }
        });
    return await(made.future());
  }

  private static String thread(Context context) throws Exception {
    Promise<String> name = Promise.promise();
    context.runOnContext(here -> name.complete(Thread.currentThread().getName()));
    return await(name.future());
  }

  private ClientPort port(Context context) {
    var options =
        new ServerOptions(
            "127.0.0.1",
            0,
            true,
            Optional.empty(),
            false,
            List.of(),
            LimitOptions.DEFAULTS,
            ServerOptions.DEFAULTS.drainDelay(),
            ServerOptions.DEFAULTS.drain());
    var port =
        new ClientPort(
            vertx,
            context,
            options,
            telemetry.meters(),
            telemetry.tracing(),
            telemetry.accessLog().lane(),
            new AtomicInteger(),
            "self",
            1);
    Step<Exchange> naming =
        exchange ->
            Future.succeededFuture(
                new Reply.Answer(200, Map.of(), Buffer.buffer(Thread.currentThread().getName())));
    port.routes(RouteTable.build(List.of(new RouteTable.Entry<>(route(), compiled(naming)))));
    return port;
  }

  private CompiledRoute compiled(Step<Exchange> step) {
    return new CompiledRoute(
        "all", step, null, 1024, 0, 5000, 5000, telemetry.meters().route("all"), Optional.empty());
  }

  private static RouteOptions route() {
    HeaderEdits none = new HeaderEdits(Map.of(), Map.of(), List.of());
    return new RouteOptions(
        "all",
        new MatchOptions(List.of(), "/**", Set.of(), Map.of(), Map.of()),
        new Target.Respond(200, Map.of(), ""),
        Optional.empty(),
        RewriteOptions.NONE,
        none,
        none,
        OptionalLong.empty(),
        TimeoutOptions.DEFAULTS,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        RouteOptions.FALLBACK_ON,
        Optional.empty(),
        Optional.empty(),
        RouteOptions.Priority.NORMAL,
        Optional.empty(),
        Optional.empty());
  }

  private static String get(int port) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
