package io.tidegate.gateway.upstream;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Active health checks of one upstream: each endpoint is asked at its own pace, on one event loop
 * of the node, over connections that no other call uses. An endpoint counts as healthy until checks
 * have shown otherwise, so that a gateway just started serves at once. Endpoints that come are
 * checked at once, those that go are not asked again.
 */
public final class HealthChecker {
  private final Vertx vertx;
  private final Context context;
  private final Endpoints endpoints;
  private final HealthOptions health;
  private final HttpClientAgent http;
  private final WebClient client;
  private final Map<Endpoint, Probe> probes = new HashMap<>(); // on the context alone
  private final Map<String, HttpConnection> connections = new HashMap<>(); // likewise
  private boolean closed;

  /** To be created on the event loop that is to do the checks. */
  public HealthChecker(Vertx vertx, Endpoints endpoints, HealthOptions health) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.endpoints = endpoints;
    this.health = health;
    this.http = http(vertx, endpoints.options());
    this.client =
        WebClient.wrap(
            http, new WebClientOptions().setFollowRedirects(false).setUserAgent("tidegate-health"));
  }

  private HttpClientAgent http(Vertx vertx, UpstreamOptions upstream) {
    HttpClientOptions options =
        new HttpClientOptions()
            // A connection kept between checks may be closed just as the next one is sent.
            .setKeepAlive(false)
            .setHttp2KeepAliveTimeout(1)
            .setForceSni(UpstreamTlsContext.mayForceSni(upstream))
            .setConnectTimeout((int) health.timeout().toMillis())
            .setTracingPolicy(TracingPolicy.IGNORE);
    return vertx
        .httpClientBuilder()
        .with(UpstreamTlsContext.apply(upstream.tls(), upstream.http2(), options))
        .with(new PoolOptions().setHttp1MaxSize(1).setHttp2MaxSize(1).setMaxWaitQueueSize(1))
        .withConnectHandler(this::connected)
        .build();
  }

  /** Begins; the first checks are sent at once. */
  public void start() {
    endpoints.watch(() -> context.runOnContext(change -> follow()));
    context.runOnContext(go -> follow());
  }

  /** Ends all checks and their connections. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        stop -> {
          closed = true;
          probes.values().forEach(Probe::stop);
          probes.clear();
          http.close().onComplete(done);
        });
    return done.future();
  }

  private void follow() {
    if (closed) {
      return;
    }
    List<Endpoint> members = endpoints.all();
    for (Endpoint gone : new HashSet<>(probes.keySet())) {
      if (!members.contains(gone)) {
        probes.remove(gone).stop();
      }
    }
    for (Endpoint member : members) {
      probes.computeIfAbsent(member, this::begin);
    }
  }

  private Probe begin(Endpoint endpoint) {
    Probe probe = new Probe(vertx, client, endpoints, endpoint, health, () -> cut(endpoint));
    probe.run();
    return probe;
  }

  private void connected(HttpConnection connection) {
    String peer = key(connection.remoteAddress());
    connections.put(peer, connection);
    connection.closeHandler(closed -> connections.remove(peer, connection));
  }

  /** The web client cannot give up on a body, so that the connection has to go. */
  private void cut(Endpoint endpoint) {
    HttpConnection connection = connections.remove(key(endpoint.address()));
    if (connection != null) {
      connection.close();
    }
  }

  private static String key(SocketAddress address) {
    return address.hostAddress() + ":" + address.port();
  }
}
