package io.tidegate.gateway.upstream;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.resilience.TimerWheel;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;

/** An upstream's answer: its head is here, its body is paused. */
final class UpstreamResponse implements Reply.Proxied, Parking.Parked {
  /** A discarded body up to this size is read to its end, which keeps the connection. */
  private static final long WORTH_READING = 64 * 1024;

  /** A client that has not read for so long, in milliseconds, gives its slot to others. */
  private static final long STANDSTILL = 100;

  private final UpstreamCall call;
  private final HttpClientResponse response;
  private final HttpVersion version;
  private final long length;
  private final long idleNanos;
  private TimerWheel.Timeout idle;
  private BodySink sink;
  private long received;
  private long lastByte;
  private TimerWheel.Timeout standstill;
  private volatile long standingSince;
  private boolean parked;
  private boolean done;

  /**
   * @param version in which the answer came
   */
  UpstreamResponse(UpstreamCall call, HttpClientResponse response, HttpVersion version) {
    this.call = call;
    this.version = version;
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
  public String protocol() {
    return switch (version) {
      case HTTP_1_0 -> "1.0";
      case HTTP_2 -> "2";
      default -> "1.1";
    };
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
      received += chunk.length();
      if (received != length) {
        lastByte = System.nanoTime();
      }
      sink.chunk(chunk);
    }
  }

  private void ended() {
    if (!done) {
      done = true;
      stopTimers();
      call.finish(Framing.persistent(response, version));
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
      end(standingSince != 0 ? Failure.CLIENT_CLOSED : Failure.READ_TIMEOUT);
    } else {
      idle = call.wheel().schedule((idleNanos - quiet) / 1_000_000 + 1, this::checkIdle);
    }
  }

  /**
   * What Vert.x holds back for a paused reader would never be released: it is taken and dropped.
   */
  private void stop() {
    done = true;
    stopTimers();
    if (standingSince != 0 || sink == null) {
      standingSince = 0;
      response.handler(chunk -> {});
      response.resume();
    }
  }

  private void stopTimers() {
    if (idle != null) {
      idle.cancel();
    }
    if (standstill != null) {
      standstill.cancel();
      standstill = null;
    }
    if (parked) {
      parked = false;
      call.slot().leave(this);
    }
  }

  @Override
  public void pause() {
    if (!done) {
      if (standingSince == 0) {
        // Odd, so that it is never the 0 that means reading.
        standingSince = System.nanoTime() | 1;
      }
      response.pause();
      if (standstill == null && !parked) {
        standstill = call.wheel().schedule(STANDSTILL, this::checkStandstill);
      }
    }
  }

  /** At most one timer per tenth of a second, however often the client makes it wait. */
  private void checkStandstill() {
    standstill = null;
    if (done || standingSince == 0) {
      return;
    }
    long still = (System.nanoTime() - standingSince) / 1_000_000;
    parked = still >= STANDSTILL && call.slot().park(this);
    if (!parked) {
      standstill =
          call.wheel()
              .schedule(
                  still >= STANDSTILL ? STANDSTILL : STANDSTILL - still, this::checkStandstill);
    }
  }

  @Override
  public void resume() {
    if (!done) {
      standingSince = 0;
      lastByte = System.nanoTime();
      if (parked) {
        parked = !call.slot().unpark(this);
      }
      response.resume();
    }
  }

  @Override
  public long standingSince() {
    return standingSince;
  }

  @Override
  public void evict() {
    call.context()
        .runOnContext(
            here -> {
              if (!done) {
                parked = false;
                end(Failure.CLIENT_CLOSED);
              }
            });
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
