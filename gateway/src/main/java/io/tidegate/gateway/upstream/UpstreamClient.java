package io.tidegate.gateway.upstream;

import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.resilience.Bulkhead;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.UpstreamMeters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.tracing.TracingPolicy;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.codec.BodyCodec;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Calls to one upstream from one event loop: a request never changes its thread. */
public final class UpstreamClient {
  /** With Vert.x's default of 8 KiB a large body costs 2.5 times the CPU. */
  private static final int CHUNK = 64 * 1024;

  /** Copies under way at once, per event loop. */
  private static final int MIRRORS = 32;

  static final int MAX_HEAD = 64 * 1024;
  private static final int WINDOW = 1024 * 1024;

  private final Vertx vertx;
  private final Context context;
  private final TimerWheel wheel;
  private final Upstream upstream;
  private final HttpClientAgent client;
  private final WebClient web;
  private final ConnectionPool pool;
  private final Future<Void> closing;
  private int mirrored;

  /**
   * @param closing completes when the gateway is about to stop; ends tunnels
   */
  public UpstreamClient(
      Vertx vertx, Context context, TimerWheel wheel, Upstream upstream, Future<Void> closing) {
    this.vertx = vertx;
    this.context = context;
    this.wheel = wheel;
    this.upstream = upstream;
    this.closing = closing;
    UpstreamOptions options = upstream.options();
    this.client =
        vertx.createHttpClient(
            options(options),
            new io.vertx.core.http.PoolOptions()
                .setHttp1MaxSize(MIRRORS)
                .setMaxWaitQueueSize(MIRRORS));
    this.web =
        WebClient.wrap(
            client, new WebClientOptions().setFollowRedirects(false).setUserAgentEnabled(false));
    boolean tls = options.endpoints().stream().anyMatch(e -> "https".equals(e.url().getScheme()));
    ClientSSLOptions ssl = tls ? UpstreamTlsContext.of(options.tls(), options.http2()) : null;
    this.pool =
        new ConnectionPool(
            context,
            client,
            options.pool(),
            ssl,
            options.tls().serverName(),
            options.http2() ? Upstream.STREAMS : 1,
            upstream.openConnections());
  }

  private static HttpClientOptions options(UpstreamOptions upstream) {
    var options =
        new HttpClientOptions()
            .setConnectTimeout((int) upstream.pool().connectTimeout().toMillis())
            .setSslHandshakeTimeout(upstream.pool().connectTimeout().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setMaxChunkSize(CHUNK)
            .setMaxHeaderSize(MAX_HEAD)
            .setMaxInitialLineLength(MAX_HEAD)
            .setDecompressionSupported(false)
            .setKeepAlive(true)
            .setForceSni(UpstreamTlsContext.mayForceSni(upstream))
            .setTracingPolicy(TracingPolicy.IGNORE)
            .setName("tidegate-" + upstream.name());
    if (upstream.http2()) {
      options
          .setProtocolVersion(HttpVersion.HTTP_2)
          .setUseAlpn(true)
          .setHttp2ClearTextUpgrade(false)
          .setHttp2ConnectionWindowSize(WINDOW);
      options.getInitialSettings().setInitialWindowSize(WINDOW / 4);
    }
    return options;
  }

  /** Makes one attempt; what comes back is its head or how it failed. */
  public Future<Reply> call(Attempt attempt, CallPlan plan) {
    return new UpstreamCall(this, attempt, plan).start();
  }

  public Upstream upstream() {
    return upstream;
  }

  Endpoint choose(Attempt attempt) {
    Endpoint chosen =
        upstream.endpoints().pick(hash(attempt.exchange()), (Endpoint) attempt.avoid());
    if (attempt.number() > 1 && attempt.avoids(chosen)) {
      return upstream.endpoints().least(other -> !attempt.avoids(other)).orElse(chosen);
    }
    return chosen;
  }

  private long hash(Exchange exchange) {
    if (!(upstream.options().balance() instanceof BalanceOptions.Hash hash)) {
      return 0;
    }
    String value =
        switch (hash.source()) {
          case HEADER -> exchange.head().headers().get(hash.name());
          case IP -> exchange.head().clientIp();
          case PATH -> exchange.head().path();
          case COOKIE -> cookie(exchange.head().headers(), hash.name());
        };
    // Without the value to hash, any endpoint is as good as another.
    return value == null ? System.nanoTime() : Hash.of(value);
  }

  private static String cookie(MultiMap headers, String name) {
    for (String line : headers.getAll(HttpHeaders.COOKIE)) {
      for (Cookie cookie : ServerCookieDecoder.LAX.decode(line)) {
        if (cookie.name().equals(name)) {
          return cookie.value();
        }
      }
    }
    return null;
  }

  /** In how many milliseconds half of the calls are answered at present; 0 if nobody knows. */
  long usualMillis() {
    return upstream.usualMillis();
  }

  Reply.Failed noEndpoint() {
    return upstream.endpoints().unresolved()
        ? Reply.Failed.unsent(Failure.DNS_ERROR, "no address known")
        : Reply.Failed.unsent(Failure.NO_HEALTHY_ENDPOINT, "all endpoints are down");
  }

  /** What the upstream says about how long it keeps idle connections, less a margin. */
  long keepAliveNanos(HttpClientResponse response, long before) {
    String keepAlive = response.getHeader("keep-alive");
    if (keepAlive == null) {
      return before;
    }
    int at = keepAlive.toLowerCase(Locale.ROOT).indexOf("timeout=");
    if (at < 0) {
      return before;
    }
    int end = at + 8;
    long seconds = 0;
    while (end < keepAlive.length() && Character.isDigit(keepAlive.charAt(end)) && end < at + 14) {
      seconds = seconds * 10 + (keepAlive.charAt(end++) - '0');
    }
    long hint = TimeUnit.SECONDS.toNanos(seconds) - TimeUnit.MILLISECONDS.toNanos(500);
    return Math.min(upstream.options().pool().idle().toNanos(), Math.max(0, hint));
  }

  /** Counts an attempt whose head has come, or that failed. */
  void record(long nanos, int status, String failure, TraceContext trace) {
    // An upstream that fails fast is not a fast upstream.
    if (failure == null && status < 500) {
      upstream.latency().record(nanos);
    }
    upstream
        .meters()
        .attempt(failure != null ? failure : status >= 500 ? "status_5xx" : "ok", nanos, trace);
  }

  /**
   * Sends a copy of a request whose answer interests nobody; when too many are under way, it is not
   * sent.
   *
   * @param body null: none
   */
  public void mirror(Exchange exchange, CallPlan plan, Buffer body) {
    Endpoint endpoint = upstream.endpoints().pick(hash(exchange), null);
    if (endpoint == null || mirrored >= MIRRORS) {
      return;
    }
    var request =
        web.request(
                exchange.head().method(),
                new RequestOptions()
                    .setServer(endpoint.address())
                    .setHost(endpoint.peerName())
                    .setPort(endpoint.port())
                    .setSsl(endpoint.tls())
                    .setURI(plan.uri(exchange)))
            .timeout(plan.attemptMillis())
            .as(BodyCodec.none());
    plan.fill(exchange, exchange.span(), request.headers(), false);
    request.headers().set(HttpHeaders.HOST, plan.authority(exchange, endpoint).toString());
    mirrored++;
    Future<?> answer = body == null ? request.send() : request.sendBuffer(body);
    answer.onComplete(done -> mirrored--);
  }

  UpstreamMeters meters() {
    return upstream.meters();
  }

  String name() {
    return upstream.name();
  }

  Context context() {
    return context;
  }

  TimerWheel wheel() {
    return wheel;
  }

  Bulkhead slots() {
    return upstream.slots();
  }

  ConnectionPool pool() {
    return pool;
  }

  Future<Void> closing() {
    return closing;
  }

  /** Housekeeping, about once a second, on the event loop. */
  public void sweep() {
    pool.sweep();
  }

  /** Lets calls in flight finish, then closes; for an upstream that a reload removed or changed. */
  public Future<Void> retire(long millis) {
    pool.close();
    // A client that shuts down makes no connection, and calls in flight may still be tried again.
    return vertx.timer(millis, TimeUnit.MILLISECONDS).compose(late -> client.close());
  }
}
