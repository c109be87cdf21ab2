package io.tidegate.gateway.edge;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.tidegate.gateway.pipeline.CompiledRoute;
import io.tidegate.gateway.route.RouteTable;
import io.tidegate.gateway.security.Forwarder;
import io.tidegate.metrics.api.AccessLog;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.Tracing;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
// The public HttpConnection hides its pipeline, and only there can bytes be seen before Netty's
// decoder repairs them.
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.tracing.TracingPolicy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The port for clients, as one event loop serves it. */
public final class ClientPort implements ClientConnection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ClientPort.class);
  private static final AtomicBoolean UNGUARDED = new AtomicBoolean();
  private static final int CHUNK = 64 * 1024;
  private static final int WINDOW = 1024 * 1024;
  private static final int STREAMS = 100;

  private final Vertx vertx;
  private final Context context;
  private final ServerOptions options;
  private final GatewayMeters meters;
  private final AtomicInteger connected;
  private final Arrivals arrivals;
  private final HttpServer server;
  private final Map<HttpConnection, ClientConnection> connections = new HashMap<>();
  private final Set<ClientConnection> newcomers = new HashSet<>();
  private final boolean guarded;
  private Thread loop;

  /**
   * @param context of the event loop that is to serve
   * @param connected client connections of all event loops
   * @param self what of a Via entry names this very process
   * @param gateway which gateway of this process it is, from 1
   */
  public ClientPort(
      Vertx vertx,
      Context context,
      ServerOptions options,
      GatewayMeters meters,
      Tracing tracing,
      AccessLog.Lane log,
      AtomicInteger connected,
      String self,
      int gateway) {
    this.vertx = vertx;
    this.context = context;
    this.options = options;
    this.meters = meters;
    this.connected = connected;
    // Behind TLS, and behind the PROXY protocol's header, bytes are to be seen later than first.
    this.guarded = options.tls().isEmpty() && !options.proxyProtocol();
    this.arrivals =
        new Arrivals(
            context, options.limits(), log, tracing, meters.route(GatewayMeters.UNMATCHED), self);
    this.server =
        vertx
            .createHttpServer(serverOptions(options, gateway))
            .connectionHandler(this::connected)
            .requestHandler(request -> arrivals.handle(connection(request), request))
            .invalidRequestHandler(request -> arrivals.undecodable(connection(request), request))
            .exceptionHandler(failure -> {});
  }

  private static HttpServerOptions serverOptions(ServerOptions options, int gateway) {
    LimitOptions limits = options.limits();
    var server =
        new HttpServerOptions()
            .setHost(options.host())
            // Vert.x shares a random port between those who ask for the same negative one.
            .setPort(options.port() == 0 ? -Math.max(1, gateway) : options.port())
            .setAcceptBacklog(1024)
            .setHandle100ContinueAutomatically(false)
            .setMaxInitialLineLength(limits.requestLine() + 64)
            .setMaxHeaderSize(limits.headers() + 64)
            .setMaxChunkSize(CHUNK)
            .setIdleTimeout((int) limits.idleTimeout().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
            .setHttp2ClearTextEnabled(options.http2() && !options.proxyProtocol())
            .setHttp2ConnectionWindowSize(WINDOW)
            .setUseProxyProtocol(options.proxyProtocol())
            .setCompressionSupported(false)
            // WebSockets are relayed byte by byte: what they agree on is between the two ends.
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setTracingPolicy(TracingPolicy.IGNORE);
    server
        .getInitialSettings()
        .setMaxConcurrentStreams(STREAMS)
        .setMaxHeaderListSize(limits.headers())
        .setInitialWindowSize(WINDOW / 4);
    options.tls().ifPresent(tls -> secure(server, tls, options.http2()));
    return server;
  }

  private static void secure(HttpServerOptions server, ServerTls tls, boolean http2) {
    server
        .setSsl(true)
        .setUseAlpn(http2)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(tls.certificate().toString())
                .setKeyPath(tls.key().toString()))
        .setEnabledSecureTransportProtocols(
            tls.minVersion().equals("TLSv1.3") ? Set.of("TLSv1.3") : Set.of("TLSv1.2", "TLSv1.3"));
    tls.clientCa()
        .ifPresent(
            ca ->
                server
                    .setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(new PemTrustOptions().addCertPath(ca.toString())));
  }

  /** Starts to accept clients; gives the port. Safe for all threads. */
  public Future<Integer> open() {
    Promise<Integer> opened = Promise.promise();
    // Vert.x serves on the loop that calls listen(): it has to be this port's own.
    context.runOnContext(here -> listen().onComplete(opened));
    return opened.future();
  }

  private Future<Integer> listen() {
    loop = Thread.currentThread();
    vertx.setPeriodic(250, tick -> checkHeads());
    vertx.setPeriodic(1000, tick -> checkBodies());
    if (guarded && options.port() != 0) {
      Doorman.watch(options.port(), this::newcomer);
    }
    return server
        .listen()
        .recover(
            failure ->
                Future.failedFuture(
                    new IllegalStateException(
                        "server.port: cannot listen on "
                            + options.host()
                            + ":"
                            + options.port()
                            + " ("
                            + failure.getMessage()
                            + ")",
                        failure)))
        .map(
            listening -> {
              if (guarded) {
                Doorman.watch(listening.actualPort(), this::newcomer);
              }
              return listening.actualPort();
            });
  }

  /** From now on requests are matched by {@code table}; those in flight stay as they are. */
  public void routes(RouteTable<CompiledRoute> table) {
    arrivals.routes(table);
  }

  private void connected(HttpConnection connection) {
    assert Thread.currentThread() == loop : "served by another event loop";
    if (connections.containsKey(connection)) {
      return;
    }
    var forwarder =
        Forwarder.forConnection(
            connection.remoteAddress().hostAddress(),
            options.trustedProxies(),
            connection.isSsl() ? "https" : "http");
    ClientConnection client = atTheDoor(connection);
    client.speaks(connection, forwarder);
    connections.put(connection, client);
    if (((HttpServerConnection) connection).channelHandlerContext().handler()
        instanceof Http2ConnectionHandler http2) {
      StreamHeads.watch(http2);
    }
    if (!client.isWelcome()) {
      connection.close();
    }
    connection.closeHandler(
        closed -> {
          connections.remove(connection);
          gone(client);
        });
  }

  /** The handler that has been there from the first byte, or that is put before the decoder now. */
  private ClientConnection atTheDoor(HttpConnection connection) {
    ChannelPipeline pipeline =
        ((HttpServerConnection) connection).channelHandlerContext().pipeline();
    if (pipeline.get(ClientConnection.NAME) instanceof ClientConnection there) {
      return there;
    }
    ClientConnection client = newcomer();
    if (pipeline.get("httpDecoder") != null) {
      if (guarded && UNGUARDED.compareAndSet(false, true)) {
        LOG.error("first requests are not checked: call Doorman.enable() before listening");
      }
      pipeline.addBefore("httpDecoder", ClientConnection.NAME, client);
    }
    return client;
  }

  private ClientConnection newcomer() {
    boolean welcome = connected.incrementAndGet() <= options.limits().connections();
    meters.clientConnected();
    var client = new ClientConnection(options.limits(), options.http2() && guarded, welcome, this);
    newcomers.add(client);
    return client;
  }

  private ClientConnection connection(HttpServerRequest request) {
    return connections.get(request.connection());
  }

  /** What never became a request is answered, logged and counted like one that did. */
  @Override
  public String refused(ClientConnection connection, Refusal refusal) {
    return arrivals.refusedEarly(refusal.failure(), refusal.detail());
  }

  @Override
  public void gone(ClientConnection connection) {
    if (newcomers.remove(connection)) {
      connected.decrementAndGet();
      meters.clientDisconnected();
    }
  }

  private void checkHeads() {
    long bound = System.nanoTime() - options.limits().headerTimeout().toNanos();
    for (ClientConnection connection : List.copyOf(newcomers)) {
      if (connection.isLate(bound)) {
        connection.refuseLate();
      }
    }
  }

  private void checkBodies() {
    long now = System.nanoTime();
    for (ClientConnection connection : List.copyOf(connections.values())) {
      for (Arrivals.Served served : List.copyOf(connection.inFlight())) {
        served.checkPace(now);
      }
    }
  }

  /** Each answer from now on asks its client to use another connection. */
  public void drain() {
    arrivals.drain();
  }

  /** Stops accepting; idle connections close now, busy ones after their answer or the time. */
  public Future<Void> shutdown(Duration grace) {
    if (guarded) {
      Doorman.leave(server.actualPort());
    }
    return server.shutdown(Math.max(1, grace.toMillis()), TimeUnit.MILLISECONDS);
  }

  /** Requests in flight on this event loop. */
  public int inFlight() {
    return connections.values().stream().mapToInt(each -> each.inFlight().size()).sum();
  }
}
