package io.tidegate.gateway.upstream;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.resilience.TimerWheel;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;

/** An upstream's answer: its head is here, its body is paused. */
final class UpstreamResponse implements Reply.Proxied {
  /** A discarded body up to this size is read to its end, which keeps the connection. */
  private static final long WORTH_READING = 64 * 1024;

  private final UpstreamCall call;
  private final HttpClientResponse response;
  private final long length;
  private final long idleNanos;
  private TimerWheel.Timeout idle;
  private BodySink sink;
  private long lastByte;
  private boolean paused;
  private boolean done;

  UpstreamResponse(UpstreamCall call, HttpClientResponse response) {
    this.call = call;
    this.response = response;
    this.length = Framing.length(response);
    this.idleNanos = call.exchange().idleMillis() * 1_000_000;
    response.exceptionHandler(this::broken);
  }

  @Override
  public int status() {
    return response.statusCode();
  }

  @Override
  public MultiMap headers() {
    return response.headers();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void receive(BodySink to) {
    sink = to;
    if (done) {
      to.broken(Failure.RESPONSE_INCOMPLETE);
      return;
    }
    lastByte = System.nanoTime();
    idle = call.wheel().schedule(idleNanos / 1_000_000, this::checkIdle);
    response.handler(this::chunk);
    response.endHandler(end -> ended());
    response.resume();
  }

  private void chunk(Buffer chunk) {
    if (!done) {
      lastByte = System.nanoTime();
      sink.chunk(chunk);
    }
  }

  private void ended() {
    if (!done) {
      done = true;
      stopIdle();
      call.finish(UpstreamCall.persistent(response));
      sink.end(response.trailers());
    }
  }

  private void broken(Throwable cause) {
    if (!done) {
      end(
          Faults.failure(cause) == Failure.PROTOCOL_ERROR
              ? Failure.PROTOCOL_ERROR
              : Failure.RESPONSE_INCOMPLETE);
    }
  }

  private void end(Failure failure) {
    stop();
    call.finish(false);
    if (sink != null) {
      sink.broken(failure);
    }
  }

  /** One timer per answer, not per byte: it looks how long ago the last byte was. */
  private void checkIdle() {
    if (done) {
      return;
    }
    long quiet = System.nanoTime() - lastByte;
    if (quiet >= idleNanos) {
      end(paused ? Failure.CLIENT_CLOSED : Failure.READ_TIMEOUT);
    } else {
      idle = call.wheel().schedule((idleNanos - quiet) / 1_000_000 + 1, this::checkIdle);
    }
  }

  /**
   * What Vert.x holds back for a paused reader would never be released: it is taken and dropped.
   */
  private void stop() {
    done = true;
    stopIdle();
    if (paused || sink == null) {
      paused = false;
      response.handler(chunk -> {});
      response.resume();
    }
  }

  private void stopIdle() {
    if (idle != null) {
      idle.cancel();
    }
  }

  @Override
  public void pause() {
    if (!done) {
      paused = true;
      response.pause();
    }
  }

  @Override
  public void resume() {
    if (!done) {
      paused = false;
      lastByte = System.nanoTime();
      response.resume();
    }
  }

  @Override
  public void discard() {
    if (done) {
      return;
    }
    boolean small = length >= 0 && length <= WORTH_READING;
    if (!small || sink != null) {
      stop();
      call.finish(false);
      return;
    }
    receive(
        new BodySink() {
          @Override
          public void chunk(Buffer chunk) {}

          @Override
          public void end(MultiMap trailers) {}

          @Override
          public void broken(Failure failure) {}
        });
  }

  @Override
  public String toString() {
    return status() + " " + headers().get(HttpHeaders.CONTENT_TYPE);
  }
}
