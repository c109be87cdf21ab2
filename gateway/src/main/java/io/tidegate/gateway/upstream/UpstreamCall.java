package io.tidegate.gateway.upstream;

import io.tidegate.gateway.exchange.Attempt;
import io.tidegate.gateway.exchange.Cancellable;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Hop;
import io.tidegate.gateway.exchange.Journal;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.exchange.RequestBody;
import io.tidegate.gateway.resilience.Bulkhead;
import io.tidegate.gateway.resilience.TimerWheel;
import io.tidegate.metrics.api.AttemptSpan;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import java.util.Locale;

/**
 * One attempt at one endpoint: from the choice of the endpoint to the head of the answer, and the
 * accounting until its last byte. Everything it holds (slot, connection, timer, place in a queue)
 * is given back exactly once, whoever ends it: the upstream, the clock or the client.
 */
final class UpstreamCall implements Cancellable, ConnectionPool.Taker, RequestBody.Receiver {
  private static final long CANCEL = 8;

  /** What an ignored Expect costs at most, in milliseconds; curl waits as long. */
  private static final long CONTINUE_MILLIS = 1_000;

  /** Method and target are set on the request: options would be made, and copied, for each. */
  private static final RequestOptions ANY = new RequestOptions();

  private final UpstreamClient client;
  private final Attempt attempt;
  private final Exchange exchange;
  private final CallPlan plan;
  private final Promise<Reply> head = Promise.promise();
  private final long started = System.nanoTime();
  private TimerWheel.Timeout timer;
  private Bulkhead.Waiter waiter;
  private TimerWheel.Timeout continueTimer;
  private AttemptSpan span;
  private Endpoint endpoint;
  private Connection connection;
  private HttpClientRequest request;
  private long lastChunk;
  private Slot slot;
  private boolean deadlineFirst;
  private boolean taking;
  private boolean awaitsContinue;
  private boolean sending;
  private boolean sent;
  private boolean answered;
  private boolean over;

  UpstreamCall(UpstreamClient client, Attempt attempt, CallPlan plan) {
    this.client = client;
    this.attempt = attempt;
    this.exchange = attempt.exchange();
    this.plan = plan;
  }

  Future<Reply> start() {
    long remaining = exchange.remainingMillis();
    if (remaining <= 0) {
      return Future.succeededFuture(
          Reply.Failed.unsent(Failure.TOTAL_TIMEOUT, "no time left for an attempt"));
    }
    if (exchange.hasWaited() && exchange.isTooLateFor(client.usualMillis())) {
      return Future.succeededFuture(
          Reply.Failed.unsent(Failure.TOTAL_TIMEOUT, "too little time left for an attempt"));
    }
    endpoint = client.choose(attempt);
    if (endpoint == null) {
      return Future.succeededFuture(client.noEndpoint());
    }
    attempt.endpoint(endpoint);
    exchange.lastEndpoint(endpoint);
    exchange.journal().attempt(client.name(), endpoint.label());
    span = exchange.span().attempt(exchange.method(), client.name(), attempt.number() + 1);
    span.endpoint(
        endpoint.tls() ? "https" : "http",
        endpoint.host(),
        endpoint.port(),
        exchange.head().path());
    startClock();
    exchange.begin(this);
    if (over) {
      return head.future();
    }
    slot = new Slot(client.upstream(), exchange.share(client.slots()));
    if (slot.tryTake()) {
      admitted();
    } else {
      exchange.journal().phase(Journal.Phase.QUEUED);
      client.meters().poolWaiting(1);
      waiter = slot.join(client.context(), client.wheel(), plan.priority());
      waiter.admission().onSuccess(this::decided);
    }
    return head.future();
  }

  private void decided(Bulkhead.Admission admission) {
    waiter = null;
    client.meters().poolWaiting(-1);
    exchange.journal().queued(System.nanoTime() - started);
    if (admission == Bulkhead.Admission.ADMITTED) {
      slot.taken();
      if (exchange.isTooLateFor(client.usualMillis())) {
        fail(Reply.Failed.unsent(Failure.TOTAL_TIMEOUT, "too little time left after the queue"));
      } else {
        admitted();
      }
    } else {
      fail(
          Reply.Failed.unsent(
              Failure.POOL_FULL, admission.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    }
  }

  private void admitted() {
    endpoint.begin();
    taking = true;
    client.pool().take(endpoint, attempt.fresh(), this);
  }

  @Override
  public void connected(Connection made) {
    taking = false;
    connection = made;
    if (over) {
      freeConnection(true);
      return;
    }
    made.http.request(ANY).onComplete(this::opened);
  }

  @Override
  public void refused(Throwable cause) {
    taking = false;
    endpoint.end();
    Reply.Failed failed = Faults.connecting(cause);
    endpoint.failed();
    fail(failed);
  }

  private void opened(AsyncResult<HttpClientRequest> opened) {
    if (opened.failed()) {
      freeConnection(false);
      if (!over) {
        attempt.stale(true);
        fail(Reply.Failed.unsent(Failure.CONNECTION_TERMINATED, "connection lost"));
      }
      return;
    }
    request = opened.result();
    if (over) {
      abort();
      return;
    }
    request.setMethod(exchange.head().method()).setURI(plan.uri(exchange));
    request.exceptionHandler(this::broke);
    request.response().onComplete(this::answered);
    request.continueHandler(this::continued);
    request.earlyHintsHandler(exchange::forwardEarlyHints);
    plan.prepare(exchange, span, endpoint, request);
    exchange.journal().phase(Journal.Phase.SENDING);
    connection.expect(exchange.head().method() == HttpMethod.HEAD, exchange.isUpgrade());
    if (exchange.isUpgrade()) {
      upgrade();
    } else if (!exchange.body().exists()) {
      sendNoBody();
    } else {
      sendBody();
    }
  }

  private void upgrade() {
    sent = true;
    request
        .putHeader(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE)
        .putHeader(HttpHeaders.UPGRADE, "websocket");
    request.connect();
    exchange.journal().phase(Journal.Phase.WAITING);
  }

  private void sendNoBody() {
    sent = true;
    HttpMethod method = exchange.head().method();
    if (method == HttpMethod.POST || method == HttpMethod.PUT || method == HttpMethod.PATCH) {
      // Where a body is usual, its absence is said (RFC 9110 §8.6).
      request.putHeader(HttpHeaders.CONTENT_LENGTH, "0");
    }
    request.end();
    exchange.journal().phase(Journal.Phase.WAITING);
  }

  private void sendBody() {
    RequestBody body = exchange.body();
    Buffer whole = body.whole();
    if (body.isComplete() && (whole != null || body.received() == 0)) {
      Buffer bytes = whole == null ? Buffer.buffer() : whole;
      request.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(bytes.length()));
      sent = true;
      request.end(bytes);
      exchange.journal().phase(Journal.Phase.WAITING);
      return;
    }
    if (body.length() >= 0) {
      request.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(body.length()));
    } else {
      request.setChunked(true);
    }
    request.drainHandler(drained -> drained());
    if (exchange.expectsContinue() && body.received() == 0) {
      request.putHeader(HttpHeaders.EXPECT, HttpHeaders.CONTINUE);
      awaitsContinue = true;
      continueTimer = client.wheel().schedule(CONTINUE_MILLIS, this::startBody);
      request.sendHead();
    } else {
      startBody();
    }
  }

  private void continued(Void go) {
    if (awaitsContinue) {
      startBody();
    } else if (!over && !answered) {
      exchange.forwardContinue();
    }
  }

  /** Asks the client for its body, once, and lets it flow. */
  private void startBody() {
    if (over || answered || sending) {
      return;
    }
    sending = true;
    lastChunk = System.nanoTime();
    stopWaitingForContinue();
    exchange.writeContinue();
    exchange.body().attach(this);
  }

  /** An aborted request drains as well, when there may be another receiver, or none. */
  private void drained() {
    if (!over) {
      exchange.body().resume();
    }
  }

  private void stopWaitingForContinue() {
    if (continueTimer != null) {
      continueTimer.cancel();
      continueTimer = null;
    }
  }

  @Override
  public boolean chunk(Buffer chunk) {
    if (over) {
      return false;
    }
    lastChunk = System.nanoTime();
    request.write(chunk);
    return !request.writeQueueFull();
  }

  @Override
  public void end() {
    if (!over) {
      sent = true;
      request.end();
      if (!answered) {
        exchange.journal().phase(Journal.Phase.WAITING);
        exchange.restartDeadline();
        startClock();
      }
    }
  }

  @Override
  public void broken(Failure failure) {
    cancelWith(Reply.Failed.of(failure, "the request body was not completed"));
  }

  private void answered(AsyncResult<HttpClientResponse> result) {
    if (result.failed()) {
      broke(result.cause());
      return;
    }
    HttpClientResponse response = result.result();
    response.pause();
    if (over) {
      abort();
      return;
    }
    answered = true;
    stopWaitingForContinue();
    timer.cancel();
    int status = response.statusCode();
    if (status == 101) {
      switched(response);
      return;
    }
    Failure malformed = Framing.check(response, exchange.head().method() == HttpMethod.HEAD);
    if (malformed != null) {
      endpoint.failed();
      fail(Reply.Failed.of(malformed, "framing of the answer"));
      return;
    }
    headTaken(status, null);
    connection.keepAliveNanos = client.keepAliveNanos(response, connection.keepAliveNanos);
    if (status >= 500) {
      endpoint.failed();
    } else {
      endpoint.succeeded();
    }
    exchange.journal().phase(Journal.Phase.STREAMING);
    head.complete(new UpstreamResponse(this, response, connection.version()));
  }

  private void switched(HttpClientResponse response) {
    if (!exchange.isUpgrade()) {
      endpoint.failed();
      fail(Reply.Failed.of(Failure.PROTOCOL_ERROR, "101 that was not asked for"));
      return;
    }
    if (!Hop.hasToken(response.headers().getAll(HttpHeaders.UPGRADE), "websocket")) {
      endpoint.failed();
      fail(Reply.Failed.of(Failure.UPGRADE_FAILED, "to something else"));
      return;
    }
    headTaken(101, null);
    endpoint.succeeded();
    client.pool().release(connection);
    exchange.journal().phase(Journal.Phase.STREAMING);
    head.complete(new UpstreamSwitch(this, response, client.closing()));
  }

  /** The connection or the stream failed; before the head it is this attempt's end. */
  private void broke(Throwable cause) {
    if (over || answered) {
      return;
    }
    Reply.Failed failed = Faults.calling(cause);
    attempt.stale(
        connection.served
            && connection.active == 1
            && !connection.answerBegan()
            && failed.failure() == Failure.CONNECTION_TERMINATED
            && !(cause instanceof StreamResetException));
    if (!attempt.isStale()) {
      endpoint.failed();
    }
    fail(failed);
  }

  /** Until the head of the answer; while a body flows, only its standing still counts. */
  private void startClock() {
    if (timer != null) {
      timer.cancel();
    }
    long remaining = exchange.remainingMillis();
    // Once the request is sent the attempt's time starts anew, as the request's own does.
    long own = sent ? plan.attemptMillis() : plan.attemptMillis() - attempt.waitedMillis();
    deadlineFirst = remaining <= own;
    timer = client.wheel().schedule(Math.max(1, Math.min(remaining, own)), this::timedOut);
  }

  private void timedOut() {
    if (over || answered) {
      return;
    }
    if (sending && !sent) {
      bodyStandsStill();
      return;
    }
    if (waiter == null) {
      endpoint.failed();
    }
    fail(new Reply.Failed(tooLate(), "after " + elapsedMillis() + " ms", 0, request == null));
  }

  private Failure tooLate() {
    if (taking) {
      return Failure.CONNECTION_TIMEOUT;
    }
    if (deadlineFirst) {
      return Failure.TOTAL_TIMEOUT;
    }
    return waiter != null ? Failure.POOL_FULL : Failure.ATTEMPT_TIMEOUT;
  }

  private void bodyStandsStill() {
    long quiet = (System.nanoTime() - lastChunk) / 1_000_000;
    // A client that sends nothing is the edge's business; an upstream that takes nothing is ours.
    boolean stuck = exchange.body().isPaused() && quiet >= exchange.idleMillis();
    if (stuck) {
      endpoint.failed();
      fail(Reply.Failed.of(Failure.WRITE_TIMEOUT, "after " + elapsedMillis() + " ms"));
    } else {
      long wait = Math.max(100, exchange.idleMillis() - quiet);
      timer = client.wheel().schedule(wait, this::timedOut);
    }
  }

  private long elapsedMillis() {
    return (System.nanoTime() - started) / 1_000_000;
  }

  private void fail(Reply.Failed failed) {
    if (over) {
      return;
    }
    headTaken(0, failed.failure().reason());
    finish(false);
    head.tryComplete(failed);
  }

  /** The attempt, as policies and meters see it, is over: its head is here, or never will be. */
  private void headTaken(int status, String failure) {
    long nanos = System.nanoTime() - started;
    exchange.journal().upstreamTook(nanos);
    client.record(nanos, status, failure, span.context());
    span.end(status, failure);
  }

  /** The client left, or another attempt won. */
  @Override
  public void cancel() {
    cancelWith(Reply.Failed.of(Failure.CLIENT_CLOSED, "the client left"));
  }

  private void cancelWith(Reply.Failed reason) {
    if (!over) {
      if (!answered && span != null) {
        headTaken(0, reason.failure().reason());
      }
      finish(false);
      head.tryComplete(reason);
    }
  }

  /** The answer's last byte was taken, or will never be. */
  void finish(boolean complete) {
    if (over) {
      return;
    }
    over = true;
    exchange.end(this);
    timer.cancel();
    stopWaitingForContinue();
    if (waiter != null) {
      waiter.leave();
    }
    if (taking) {
      taking = false;
      client.pool().forget(endpoint, this);
      endpoint.end();
    }
    exchange.body().detach(this);
    if (complete && sent) {
      freeConnection(true);
    } else {
      abort();
    }
    if (slot != null) {
      slot.free();
    }
  }

  /** Ends an exchange in the middle: HTTP/1.1 closes the connection, HTTP/2 resets the stream. */
  private void abort() {
    HttpClientRequest open = request;
    if (open != null) {
      request = null;
      open.reset(CANCEL);
    }
    if (connection != null) {
      freeConnection(connection.http.maxActiveStreams() > 1);
    }
  }

  private void freeConnection(boolean reusable) {
    Connection used = connection;
    if (used != null) {
      connection = null;
      endpoint.end();
      client.pool().giveBack(used, reusable);
    }
  }

  /** Its place among the upstream's calls. */
  Slot slot() {
    return slot;
  }

  boolean isOver() {
    return over;
  }

  Exchange exchange() {
    return exchange;
  }

  TimerWheel wheel() {
    return client.wheel();
  }

  Context context() {
    return client.context();
  }
}
