package io.tidegate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import io.tidegate.metrics.api.Tracing.Trust;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBus;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TelemetryTest {
  private static Telemetry telemetry;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    telemetry = Telemetry.start(TelemetryOptions.DEFAULTS, Map.of(), "test");
    vertx = telemetry.vertx(new VertxOptions()).build();
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    telemetry.registry().close(); // Not the log: there is one per process, and tests share it.
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(10, TimeUnit.SECONDS);
  }

  @Test
  void countsTheEventBusButNotHttpWhichIsCountedByRoute() throws Exception {
    EventBus bus = vertx.eventBus();
    bus.<String>consumer("echo", message -> message.reply(message.body()));
    await(bus.request("echo", "hello"));
    await(
        vertx
            .createHttpServer()
            .requestHandler(request -> request.response().end())
            .listen(0, "127.0.0.1")
            .compose(
                server ->
                    vertx
                        .createHttpClient()
                        .request(
                            io.vertx.core.http.HttpMethod.GET,
                            server.actualPort(),
                            "127.0.0.1",
                            "/")
                        .compose(request -> request.send())
                        .compose(response -> response.end())));
    String text = await(telemetry.meters().scrape(vertx, null)).body().toString();
    assertThat(text)
        .contains("vertx_eventbus_")
        .doesNotContain("vertx_http_")
        .doesNotContain("vertx_net_")
        .contains("tidegate_log_dropped_total{log=\"access\"} 0.0");
  }

  @Test
  void idsFollowARequestThroughTimersAndBlockingCode() throws Exception {
    Promise<String> seen = Promise.promise();
    int port =
        await(
                vertx
                    .createHttpServer()
                    .requestHandler(
                        request -> {
                          TraceContext own =
                              telemetry
                                  .tracing()
                                  .server(TraceContext.of(request.headers()), Trust.CONTINUE, "GET")
                                  .context();
                          vertx.setTimer(
                              1,
                              timer ->
                                  vertx
                                      .executeBlocking(() -> TraceIds.current().traceparent())
                                      .onComplete(
                                          blocking -> {
                                            assertThat(TraceIds.current()).isSameAs(own);
                                            seen.handle(blocking);
                                            request.response().end();
                                          }));
                        })
                    .listen(0, "127.0.0.1"))
            .actualPort();
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    await(
        vertx
            .createHttpClient()
            .request(io.vertx.core.http.HttpMethod.GET, port, "127.0.0.1", "/")
            .compose(request -> request.putHeader("traceparent", parent).send())
            .compose(response -> response.end()));
    assertThat(await(seen.future()))
        .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
        .endsWith("-00")
        .isNotEqualTo(parent);
  }

  @Test
  void idsCanBeBorrowedOutsideOfARequest() {
    TraceContext outer = TraceContext.fresh(0);
    TraceContext inner = TraceContext.fresh(0);
    TraceIds.with(
        outer,
        () -> {
          TraceIds.with(inner, () -> assertThat(TraceIds.current()).isSameAs(inner));
          assertThat(TraceIds.current()).isSameAs(outer);
        });
    assertThat(TraceIds.current()).isSameAs(TraceContext.NONE);
  }

  @Test
  void aTraceIsRestartedWhereTheClientIsNotTrusted() {
    TraceContext parent = TraceContext.fresh(1);
    TraceContext own = telemetry.tracing().server(parent, Trust.RESTART, "GET").context();
    assertThat(own.traceId()).isNotEqualTo(parent.traceId());
  }
}
