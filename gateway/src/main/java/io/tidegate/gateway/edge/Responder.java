package io.tidegate.gateway.edge;

import io.tidegate.cache.api.Fields;
import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Hop;
import io.tidegate.gateway.exchange.Journal;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.route.HeaderEditor;
import io.tidegate.metrics.api.RequestFacts;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.Supplier;

/**
 * Writes the answer of one exchange to its client, and knows when the exchange is over. Framing is
 * made here from what is to be sent, never copied.
 */
final class Responder implements Reply.BodySink {
  private static final CharSequence VIA = HttpHeaders.createOptimized("via");
  private static final String VIA_1 = "1.1 tidegate";
  private static final CharSequence CACHE_STATUS = HttpHeaders.createOptimized("cache-status");
  private static final CharSequence PROXY_STATUS = HttpHeaders.createOptimized("proxy-status");
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("retry-after");
  private static final CharSequence ALLOW = HttpHeaders.createOptimized("allow");

  private final Exchange exchange;
  private final HttpServerRequest request;
  private final HttpServerResponse out;
  private final LateHeads heads;
  private final Clock clock;
  private final Runnable abort;
  private final Runnable whenOver;
  private Future<Void> written = Future.succeededFuture();
  private Reply.Proxied proxied;
  private long length;
  private long sent;
  private boolean bodiless;
  private boolean finished;
  private boolean closeAfter;
  private String allow;

  /**
   * @param abort resets the connection, so that no client takes its end for that of a body
   * @param whenOver told once, when the last byte was written or never will be
   */
  Responder(
      Exchange exchange,
      HttpServerRequest request,
      LateHeads heads,
      Clock clock,
      Runnable abort,
      Runnable whenOver) {
    this.exchange = exchange;
    this.request = request;
    this.out = request.response();
    this.heads = heads;
    this.clock = clock;
    this.abort = abort;
    this.whenOver = whenOver;
    out.exceptionHandler(this::clientFailed);
    out.closeHandler(closed -> clientLeft());
  }

  /** The connection is not to be used again after this answer. */
  void closeAfter() {
    closeAfter = true;
  }

  /** Methods to name in Allow. */
  void allow(String methods) {
    allow = methods;
  }

  void send(Reply reply, HeaderEditor edits) {
    if (finished) {
      reply.discard();
    } else if (reply instanceof Reply.Proxied answer) {
      sendProxied(answer, edits);
    } else if (reply instanceof Reply.Stored stored) {
      sendStored(stored, edits);
    } else if (reply instanceof Reply.Answer answer) {
      sendAnswer(answer, edits);
    } else if (reply instanceof Reply.Failed failed) {
      sendFailure(failed);
    } else if (reply instanceof Reply.Switched switched) {
      exchange.journal().answered(RequestFacts.Source.UPSTREAM, 101);
      new Tunnel(exchange, request, switched, this::finish).open();
    } else {
      throw new AssertionError("unhandled reply: " + reply);
    }
  }

  private void sendProxied(Reply.Proxied answer, HeaderEditor edits) {
    proxied = answer;
    int status = answer.status();
    exchange.journal().answered(answer.source(), status);
    out.setStatusCode(status);
    MultiMap headers = out.headers();
    Hop.copyResponse(answer.headers(), headers);
    if (answer.source() != RequestFacts.Source.JOB) {
      headers.add(VIA, answer.protocol().equals("1.1") ? VIA_1 : answer.protocol() + " tidegate");
    }
    note(headers);
    noteCache(headers);
    if (edits != null) {
      edits.apply(headers);
    }
    length = answer.length();
    bodiless = status == 204 || status == 304 || request.method() == HttpMethod.HEAD;
    if (length >= 0 && status != 204) {
      headers.set(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
    } else if (!bodiless && request.version() == HttpVersion.HTTP_1_1) {
      out.setChunked(true);
    } else if (!bodiless && request.version() == HttpVersion.HTTP_1_0) {
      // Without chunks only the end of the connection can say where the body ends.
      closeAfter = true;
    }
    common(headers);
    answer.receive(this);
    if (!finished && !out.headWritten()) {
      // What came in one packet goes out in one; a head without a body yet must not wait for it.
      heads.later(this);
    }
  }

  /** What of the answer's body comes in the same packet has come by now. */
  void writeHead() {
    if (!finished && !out.headWritten() && !bodiless) {
      if (request.version() == HttpVersion.HTTP_1_0 && length < 0) {
        return;
      }
      out.writeHead();
    }
  }

  @Override
  public void chunk(Buffer chunk) {
    if (finished || bodiless) {
      return;
    }
    int size = chunk.length();
    sent += size;
    exchange.journal().sent(size);
    if (length >= 0 && sent > length) {
      broken(Failure.PROTOCOL_ERROR);
      return;
    }
    if (sent == length) {
      end(() -> out.end(chunk));
      return;
    }
    out.write(chunk);
    if (out.writeQueueFull()) {
      proxied.pause();
      out.drainHandler(drained -> proxied.resume());
    }
  }

  @Override
  public void end(MultiMap trailers) {
    if (finished) {
      return;
    }
    if (length > sent && !bodiless) {
      broken(Failure.RESPONSE_INCOMPLETE);
      return;
    }
    if (!trailers.isEmpty() && length < 0 && !bodiless) {
      MultiMap copy = out.trailers();
      copy.setAll(trailers);
      Hop.strip(copy);
      copy.remove(HttpHeaders.CONTENT_LENGTH).remove(HttpHeaders.HOST);
    }
    end(out::end);
  }

  /** What was begun is cut off, so that no client takes it for the whole. */
  @Override
  public void broken(Failure failure) {
    if (finished) {
      return;
    }
    exchange.journal().failed(failure, "in the body");
    if (!out.headWritten()) {
      proxied.discard();
      out.headers().clear();
      sendFailure(Reply.Failed.of(failure, "before the body"));
      return;
    }
    if (request.version() == HttpVersion.HTTP_1_0 && length < 0) {
      // The end of the connection would be the end of the body.
      abort.run();
      finish();
    } else {
      finish();
      out.reset(2);
    }
  }

  /** The hot path of a cache: its fields are bytes already, its body is shared. */
  private void sendStored(Reply.Stored stored, HeaderEditor edits) {
    int status = stored.status();
    exchange.journal().answered(RequestFacts.Source.CACHE, status);
    out.setStatusCode(status);
    MultiMap headers = out.headers();
    Fields fields = stored.headers();
    for (int i = 0; i < fields.size(); i++) {
      headers.add(fields.name(i), fields.value(i));
    }
    headers.set(HttpHeaders.AGE, Long.toString(stored.ageSeconds()));
    headers.add(VIA, VIA_1);
    note(headers);
    noteCache(headers);
    if (edits != null) {
      edits.apply(headers);
    }
    common(headers);
    int size = stored.length();
    boolean head = request.method() == HttpMethod.HEAD;
    if (head || status == 204 || status == 304) {
      if (status != 204 && status != 304) {
        headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(size));
      }
      end(out::end);
      return;
    }
    Buffer body = stored.body();
    Buffer part =
        size == body.length() ? body : body.slice(stored.offset(), stored.offset() + size);
    exchange.journal().sent(size);
    end(() -> out.end(part));
  }

  private void noteCache(MultiMap headers) {
    if (exchange.cacheStatus() != null) {
      headers.add(CACHE_STATUS, exchange.cacheStatus());
    }
  }

  private void sendAnswer(Reply.Answer answer, HeaderEditor edits) {
    exchange.journal().answered(ours(), answer.status());
    out.setStatusCode(answer.status());
    MultiMap headers = out.headers();
    answer.headers().forEach(headers::set);
    note(headers);
    if (edits != null) {
      edits.apply(headers);
    }
    common(headers);
    endWith(answer.body());
  }

  private RequestFacts.Source ours() {
    return exchange.journal().job() == null ? RequestFacts.Source.LOCAL : RequestFacts.Source.JOB;
  }

  private void sendFailure(Reply.Failed failed) {
    Failure failure = failed.failure();
    int status = failed.status();
    exchange.journal().failed(failure, failed.detail());
    exchange.journal().answered(RequestFacts.Source.LOCAL, status);
    if (failure == Failure.CLIENT_CLOSED) {
      exchange.journal().clientLeft();
      finish();
      out.reset(8);
      return;
    }
    out.setStatusCode(status);
    MultiMap headers = out.headers();
    headers.set(HttpHeaders.CONTENT_TYPE, Problem.CONTENT_TYPE);
    headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
    headers.set(PROXY_STATUS, Problem.proxyStatus(failure, exchange.upstream()));
    if (failed.retryAfterMillis() > 0) {
      headers.set(RETRY_AFTER, Long.toString((failed.retryAfterMillis() + 999) / 1000));
    }
    if (allow != null) {
      headers.set(ALLOW, allow);
    }
    common(headers);
    String trace = exchange.trace() == null ? null : exchange.trace().traceId();
    endWith(Problem.body(failure, status, failed.detail(), exchange.id(), trace));
  }

  /** Says what happened before this answer, when it was not the first attempt's. */
  private void note(MultiMap headers) {
    Journal journal = exchange.journal();
    if (journal.fallback() != null) {
      Failure cause = journal.firstCause();
      String error = cause == null ? "" : "; error=" + cause.proxyError();
      headers.add(
          PROXY_STATUS, "tidegate" + error + "; details=\"fallback " + journal.fallback() + '"');
    } else if (journal.attempts() > 1) {
      headers.add(
          PROXY_STATUS,
          "tidegate; next-hop=\""
              + journal.upstream()
              + "\"; details=\""
              + journal.attempts()
              + " attempts\"");
    }
  }

  private void common(MultiMap headers) {
    if (exchange.responseFields() != null) {
      headers.addAll(exchange.responseFields());
    }
    if (!headers.contains(HttpHeaders.DATE)) {
      headers.set(HttpHeaders.DATE, clock.date());
    }
    if (closeAfter && request.version() != HttpVersion.HTTP_2) {
      headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      if (request.version() == HttpVersion.HTTP_1_0) {
        // Vert.x promises to keep the connection whenever the client asked for it.
        out.headersEndHandler(last -> headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
      }
    }
  }

  private void endWith(Buffer body) {
    int status = out.getStatusCode();
    boolean head = request.method() == HttpMethod.HEAD;
    if (head || status == 204 || status == 304) {
      if (head) {
        out.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
      }
      end(out::end);
    } else {
      exchange.journal().sent(body.length());
      end(() -> out.end(body));
    }
  }

  /** Writing the end may close the stream at once: that is no client that left. */
  private void end(Supplier<Future<Void>> lastWrite) {
    finished = true;
    written = lastWrite.get();
    whenOver.run();
  }

  /** Completes when the last byte of the answer was handed to the system, or never will be. */
  Future<Void> written() {
    return written;
  }

  private void clientFailed(Throwable cause) {
    clientLeft();
  }

  /** The connection or stream is gone before the answer was complete. */
  void clientLeft() {
    if (!finished) {
      exchange.journal().clientLeft();
      finish();
      // In this order: what is held back for paused readers is released before connections close.
      if (proxied != null) {
        proxied.discard();
      }
      exchange.body().broken(Failure.CLIENT_CLOSED);
      exchange.cancel();
    }
  }

  private void finish() {
    if (!finished) {
      finished = true;
      whenOver.run();
    }
  }

  /** Whether the connection ends with this answer. */
  boolean closes() {
    return closeAfter;
  }

  boolean isFinished() {
    return finished;
  }
}
