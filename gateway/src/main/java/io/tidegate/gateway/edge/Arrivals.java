package io.tidegate.gateway.edge;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidegate.gateway.exchange.Caller;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.RequestBody;
import io.tidegate.gateway.pipeline.CompiledRoute;
import io.tidegate.gateway.route.HeaderEditor;
import io.tidegate.gateway.route.Match;
import io.tidegate.gateway.route.RequestTarget;
import io.tidegate.gateway.route.RouteTable;
import io.tidegate.metrics.api.AccessLog;
import io.tidegate.metrics.api.RouteMeters;
import io.tidegate.metrics.api.ServerSpan;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.Tracing;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Takes each request of one event loop from its head to its pipeline, and its answer back. */
final class Arrivals {
  private static final CharSequence MAX_FORWARDS = HttpHeaders.createOptimized("max-forwards");
  private static final CharSequence VIA = HttpHeaders.createOptimized("via");

  private final Context context;
  private final RequestRules rules;
  private final AccessLog.Lane log;
  private final Tracing tracing;
  private final RouteMeters unmatched;
  private final String self;
  private final Clock clock = new Clock();
  private final LateHeads heads;
  private RouteTable<CompiledRoute> routes;
  private boolean draining;

  /**
   * @param self what of a Via entry names this very process
   */
  Arrivals(
      Context context,
      LimitOptions limits,
      AccessLog.Lane log,
      Tracing tracing,
      RouteMeters unmatched,
      String self) {
    this.context = context;
    this.heads = new LateHeads(context);
    this.rules = new RequestRules(limits);
    this.log = log;
    this.tracing = tracing;
    this.unmatched = unmatched;
    this.self = self;
  }

  void routes(RouteTable<CompiledRoute> table) {
    routes = table;
  }

  /** From now on each answer asks its client to go elsewhere. */
  void drain() {
    draining = true;
  }

  void handle(ClientConnection connection, HttpServerRequest request) {
    if (isHttp2(request) || connection.takesMore()) {
      new Served(connection, request).begin();
    }
  }

  /** Counts a request that was refused before it could be read; gives what to answer. */
  String refusedEarly(Failure failure, String detail) {
    String id = requestId();
    unmatched.begin();
    var early = new EarlyRefusal(failure, id);
    unmatched.end(early);
    log.log(early);
    String body = Problem.body(failure, failure.status(), detail, id, null).toString();
    return "HTTP/1.1 "
        + failure.status()
        + ' '
        + HttpResponseStatus.valueOf(failure.status()).reasonPhrase()
        + "\r\nDate: "
        + clock.date()
        + "\r\nContent-Type: "
        + Problem.CONTENT_TYPE
        + "\r\nProxy-Status: "
        + Problem.proxyStatus(failure, null)
        + "\r\nCache-Control: no-store\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** What the decoder could not read although it was let pass. */
  void undecodable(ClientConnection connection, HttpServerRequest request) {
    if (!connection.takesMore()) {
      return;
    }
    new Served(connection, request).refuse(Arrival.undecodable(request.decoderResult().cause()));
  }

  /** One request being served, and its caller as the rooms behind see it. */
  final class Served implements Caller {
    private final ClientConnection connection;
    private final Exchange exchange;
    private final Responder responder;
    private final HttpServerRequest request;
    private RouteMeters meters = unmatched;
    private HeaderEditor edits;
    private long seenBytes;
    private long seenAt;

    Served(ClientConnection connection, HttpServerRequest request) {
      this.connection = connection;
      this.request = request;
      this.exchange = new Exchange(this, requestId());
      this.seenAt = exchange.startNanos();
      this.responder =
          new Responder(exchange, request, heads, clock, connection::abort, this::over);
      if (isHttp2(request)) {
        exchange.shares(connection.shares());
      }
      connection.began(this);
    }

    private void close() {
      responder.closeAfter();
    }

    @Override
    public HttpMethod method() {
      return request.method();
    }

    @Override
    public String path() {
      return request.path();
    }

    @Override
    public HttpVersion version() {
      return request.version();
    }

    @Override
    public boolean takesInterim() {
      HttpServerResponse response = request.response();
      return request.version() != HttpVersion.HTTP_1_0
          && !response.headWritten()
          && !response.ended();
    }

    @Override
    public void writeContinue() {
      request.response().writeContinue();
    }

    @Override
    public void writeEarlyHints(MultiMap hints) {
      request.response().writeEarlyHints(hints);
    }

    boolean closes() {
      return responder.closes();
    }

    Future<Void> written() {
      return responder.written();
    }

    void begin() {
      TraceContext parent = TraceContext.of(request.headers());
      ServerSpan span = tracing.server(parent, Tracing.Trust.CONTINUE, request.method().name());
      exchange.span(span);
      request.exceptionHandler(failure -> responder.clientLeft());
      Refusal refusal = rules.check(request);
      if (refusal == null) {
        Arrival.Read read = Arrival.read(request);
        refusal = read.refusal();
        if (refusal == null) {
          arrive(read);
          return;
        }
      }
      refuse(refusal);
    }

    /** Answers a request that goes no further. */
    void refuse(Refusal refusal) {
      meters.begin();
      if (refusal.close()) {
        close();
      }
      send(Reply.Failed.of(refusal.failure(), refusal.detail()));
    }

    private void arrive(Arrival.Read read) {
      RequestTarget.Valid target = read.target();
      MultiMap headers = request.headers();
      var forwarding = connection.forwarder().see(headers, read.authority());
      exchange.head(
          new Exchange.Head(
              request.method(),
              forwarding.scheme(),
              read.authority(),
              target.path(),
              target.query(),
              headers,
              forwarding));
      if (isLoop(headers)) {
        refuse(new Refusal(Failure.LOOP_DETECTED, "", false));
        return;
      }
      if (Arrival.isLastHop(request) || target.path().equals("*")) {
        answerOptions();
        return;
      }
      route(forwarding.host().isEmpty() ? read.authority() : forwarding.host(), target, headers);
    }

    private boolean isLoop(MultiMap headers) {
      if (headers.contains(VIA)) {
        for (String line : headers.getAll(VIA)) {
          if (line.contains(self)) {
            return true;
          }
        }
      }
      return false;
    }

    private void answerOptions() {
      meters.begin();
      responder.allow("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
      send(
          new Reply.Answer(
              200,
              Map.of("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
              Buffer.buffer()));
    }

    private void route(String authority, RequestTarget.Valid target, MultiMap headers) {
      Match<CompiledRoute> match =
          routes.match(
              Arrival.hostName(authority),
              target.path(),
              request.method().name(),
              headers,
              target.query());
      if (match instanceof Match.Found<CompiledRoute> found) {
        exchange.routed(found);
        run(found.payload());
      } else if (match instanceof Match.MethodNotAllowed<CompiledRoute> denied) {
        responder.allow(String.join(", ", denied.allow()));
        refuse(new Refusal(Failure.METHOD_NOT_ALLOWED, "", false));
      } else {
        refuse(new Refusal(Failure.NO_ROUTE, "", false));
      }
    }

    private void run(CompiledRoute route) {
      meters = route.meters();
      meters.begin();
      edits = route.responseEdits();
      exchange.limits(route.totalMillis(), route.idleMillis());
      if (request.method() == HttpMethod.OPTIONS && request.headers().contains(MAX_FORWARDS)) {
        decrementMaxForwards();
      }
      long length = Arrival.bodyLength(request);
      // With a body it is an ordinary request, whose Upgrade is ignored (RFC 9110 §7.8).
      exchange.upgrade(length == 0 && Arrival.isWebSocket(request));
      if (length > route.bodyLimit()) {
        close();
        send(Reply.Failed.of(Failure.BODY_TOO_LARGE, "more than " + route.bodyLimit() + " bytes"));
        return;
      }
      if (length == 0) {
        start(route);
        return;
      }
      exchange.expectsContinue(Arrival.expectsContinue(request));
      RequestBody body = RequestBody.of(request, length, route.bodyLimit(), route.keep());
      exchange.body(body);
      body.onFailure(this::bodyFailed);
      // What came with the head is read first: a broken chunk in it must reach nobody.
      context.runOnContext(
          later -> {
            if (!responder.isFinished()) {
              if (body.isComplete() && body.received() == 0) {
                exchange.body(RequestBody.none());
              }
              start(route);
            }
          });
    }

    private void decrementMaxForwards() {
      String value = request.headers().get(MAX_FORWARDS);
      long hops = RequestRules.length(value);
      if (hops > 0) {
        request.headers().set(MAX_FORWARDS, Long.toString(hops - 1));
      }
    }

    private void start(CompiledRoute route) {
      try {
        route.pipeline().apply(exchange).onComplete(this::send, this::failed);
      } catch (RuntimeException e) {
        failed(e);
      }
    }

    private void failed(Throwable mistake) {
      Log.mistake(exchange, mistake);
      send(Reply.Failed.of(Failure.INTERNAL, ""));
    }

    private void send(Reply reply) {
      RequestBody body = exchange.body();
      if (draining) {
        close();
      }
      if (body.exists() && !body.isComplete()) {
        // The rest of the body may be anything long: nobody waits for it.
        close();
      }
      boolean switched = reply instanceof Reply.Switched;
      if (exchange.isUpgrade() && !(switched && connection.handOver())) {
        close();
        if (switched) {
          reply.discard();
          refuseEarlyData();
          return;
        }
      }
      responder.send(reply, edits);
    }

    /** What came before the handshake was answered (RFC 6455 §4.1) has been let go already. */
    private void refuseEarlyData() {
      responder.send(Reply.Failed.of(Failure.BAD_REQUEST, "data before the handshake"), edits);
    }

    private void bodyFailed() {
      Failure failure = exchange.body().failure();
      if (failure != Failure.CLIENT_CLOSED && !responder.isFinished()) {
        exchange.cancel();
        close();
        if (request.response().headWritten()) {
          responder.clientLeft();
          request.response().reset(8);
        } else {
          send(Reply.Failed.of(failure, "the request body"));
        }
      }
    }

    /** The guard found broken framing in the body that is coming in. */
    void bodyBroken(Refusal refusal) {
      if (exchange.body().exists()) {
        exchange.body().broken(refusal.failure());
      } else if (!responder.isFinished()) {
        exchange.cancel();
        close();
        send(Reply.Failed.of(refusal.failure(), refusal.detail()));
      }
    }

    /** Called about once a second: a body that trickles is not waited for. */
    void checkPace(long now) {
      RequestBody body = exchange.body();
      if (!body.exists() || body.isComplete() || body.isBroken() || body.isPaused()) {
        seenAt = now;
        seenBytes = body.received();
        return;
      }
      long seconds = (now - seenAt) / 1_000_000_000;
      long bytes = body.received() - seenBytes;
      boolean silent = bytes == 0 && now - seenAt > exchange.idleMillis() * 1_000_000;
      boolean slow = seconds >= Pace.GRACE_SECONDS && bytes < seconds * Pace.BYTES_PER_SECOND;
      if (silent || (slow && bytes > 0)) {
        body.broken(Failure.REQUEST_TIMEOUT);
      } else if (seconds >= Pace.WINDOW_SECONDS && bytes > 0) {
        seenAt = now;
        seenBytes = body.received();
      }
    }

    private void over() {
      exchange.journal().over();
      meters.end(exchange);
      if (exchange.span() != null) {
        exchange.span().end(exchange);
      }
      log.log(exchange);
      connection.ended(this);
      if (closes()) {
        Goodbye.say(connection, request, exchange.body(), responder.written());
      }
    }
  }

  /** A version 4 UUID without SecureRandom's lock: it names a request, it guards nothing. */
  private static String requestId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new java.util.UUID(
            random.nextLong() & ~0xf000L | 0x4000L,
            random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L)
        .toString();
  }

  static boolean isHttp2(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2;
  }
}
