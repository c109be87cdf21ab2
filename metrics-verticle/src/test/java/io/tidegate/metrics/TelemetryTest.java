package io.tidegate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import io.tidegate.metrics.api.Tracing.Trust;
import io.tidegate.metrics.traces.ContextOnly;
import io.tidegate.metrics.traces.Propagation;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TelemetryTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

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
    await(
        vertx
            .createHttpClient()
            .request(io.vertx.core.http.HttpMethod.GET, port, "127.0.0.1", "/")
            .compose(request -> request.putHeader("traceparent", PARENT).send())
            .compose(response -> response.end()));
    assertThat(await(seen.future()))
        .startsWith("00-0af7651916cd43dd8448eb211c80319c-")
        .endsWith("-00")
        .isNotEqualTo(PARENT);
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

  @Test
  void passesOnWhatTheConfigSays() {
    ServerSpan all = span(List.of("tracecontext", "baggage"));
    MultiMap headers = received();
    all.inject(headers);
    assertThat(headers.get("traceparent")).isEqualTo(all.context().traceparent());
    assertThat(headers.get("tracestate")).isEqualTo("foo=1");
    assertThat(headers.getAll("baggage")).containsExactly("a=1,b=2");

    headers = received();
    span(List.of("baggage")).inject(headers);
    assertThat(headers.names()).containsExactly("baggage");

    headers = received();
    span(List.of("tracecontext")).attempt("GET", "orders", 1).inject(headers);
    assertThat(headers.names()).containsExactlyInAnyOrder("traceparent", "tracestate");
  }

  private static MultiMap received() {
    return MultiMap.caseInsensitiveMultiMap()
        .add("traceparent", PARENT)
        .add("tracestate", "foo=1")
        .add("baggage", "a=1")
        .add("baggage", "b=2");
  }

  private static ServerSpan span(List<String> propagate) {
    var options =
        new TelemetryOptions.Traces(TelemetryOptions.Traces.Exporter.NONE, "", 0, propagate);
    return new ContextOnly(0, Propagation.of(options))
        .server(TraceContext.of(received()), Trust.CONTINUE, "GET");
  }
}
