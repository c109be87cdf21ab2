package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.GatewayOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * An upstream to try a gateway on: fast, slow, flaky, down, streaming, echoing, as the path and the
 * query parameters say. It listens on the loopback address alone, since it obeys anybody.
 *
 * <p>Deploy one instance: its counters live on one event loop.
 */
public final class SampleUpstream extends VerticleBase {
  public static final int DEFAULT_PORT = 9000;
  private static final String HOST = "127.0.0.1";

  private final int port;
  private final Map<String, Consumer<Visit>> rooms = new TreeMap<>();
  private final Map<String, Long> counts = new HashMap<>();
  private HttpServer server;

  public SampleUpstream() {
    this(DEFAULT_PORT);
  }

  /**
   * @param port 0: any free one
   */
  public SampleUpstream(int port) {
    this.port = port;
  }

  /**
   * The sample that a file routes to: on the port of its upstream {@code demo}, where that is on
   * the loopback address, else on {@link #DEFAULT_PORT}.
   */
  public static SampleUpstream of(GatewayOptions file) {
    return Optional.ofNullable(file.upstreams().get("demo"))
        .map(upstream -> upstream.endpoints().get(0).url())
        .filter(url -> url.getHost().equals(HOST) && url.getPort() > 0)
        .map(url -> new SampleUpstream(url.getPort()))
        .orElseGet(SampleUpstream::new);
  }

  @Override
  public Future<?> start() {
    furnish();
    server = vertx.createHttpServer(options());
    return server
        .requestHandler(this::serve)
        .webSocketHandshakeHandler(this::shake)
        .webSocketHandler(SampleUpstream::converse)
        .listen();
  }

  @Override
  public Future<?> stop() {
    return server.close();
  }

  /** The port it listens on; known once deployed. */
  public int actualPort() {
    return server.actualPort();
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setHost(HOST)
        .setPort(port)
        .setHandle100ContinueAutomatically(true)
        .setMaxInitialLineLength(64 * 1024)
        .setMaxHeaderSize(256 * 1024)
        .setMaxWebSocketFrameSize(1024 * 1024);
  }

  private void furnish() {
    var faults = new SampleFaults(vertx);
    var streams = new SampleStreams(context);
    rooms.put("/", this::index);
    rooms.put("/fast", visit -> visit.answer(200, visit.told("fast")));
    rooms.put("/cached", SampleUpstream::cached);
    rooms.put("/slow", faults::slow);
    rooms.put("/flaky", faults::flaky);
    rooms.put("/down", faults::down);
    rooms.put("/status", faults::status);
    rooms.put("/healthz", faults::health);
    rooms.put("/stream", streams::stream);
    rooms.put("/sse", streams::events);
    rooms.put("/bytes", streams::bytes);
    rooms.put("/echo", SampleMirror::echo);
    rooms.put("/headers", SampleMirror::headers);
    rooms.put("/ws", SampleUpstream::upgradeRequired);
  }

  private void serve(HttpServerRequest request) {
    String path = request.path();
    var room = path == null ? null : rooms.get(path);
    long count = room == null ? 0 : counts.merge(path, 1L, Long::sum);
    var visit = new Visit(request, new Query(request.params()), count);
    if (room == null) {
      visit.answer(404, error("nothing here; GET / lists the paths"));
      return;
    }
    try {
      room.accept(visit);
    } catch (IllegalArgumentException e) {
      visit.answer(400, error(e.getMessage()));
    }
  }

  /** {@code /cached?max-age=60}: another answer each time, which may be kept for so long. */
  private static void cached(Visit visit) {
    long seconds = visit.query().number("max-age", 60, 0, 86_400);
    visit.http().response().putHeader(HttpHeaders.CACHE_CONTROL, "max-age=" + seconds);
    visit.answer(200, visit.told("cached"));
  }

  private static JsonObject error(String message) {
    return new JsonObject().put("error", message);
  }

  private void index(Visit visit) {
    var paths = new JsonArray();
    rooms.keySet().forEach(paths::add);
    visit.answer(200, visit.told("index").put("paths", paths));
  }

  private static void upgradeRequired(Visit visit) {
    visit.http().response().putHeader(HttpHeaders.UPGRADE, "websocket");
    visit.answer(426, error("a WebSocket lives here"));
  }

  private void shake(ServerWebSocketHandshake handshake) {
    boolean known = "/ws".equals(handshake.path());
    if (known && closeCode(handshake.query()) >= 0) {
      handshake.accept();
    } else {
      handshake.reject(known ? 400 : 404);
    }
  }

  private static void converse(ServerWebSocket socket) {
    SampleMirror.converse(socket, closeCode(socket.query()));
  }

  /** 0: none asked for; -1: not one that an application may send (RFC 6455 §7.4.2). */
  private static int closeCode(String query) {
    if (query == null || query.isEmpty()) {
      return 0;
    }
    if (!query.matches("close=\\d{4}")) {
      return -1;
    }
    int code = Integer.parseInt(query.substring("close=".length()));
    boolean sendable = code == 1000 || code == 1001 || code == 1011 || code >= 3000 && code < 5000;
    return sendable ? code : -1;
  }
}
