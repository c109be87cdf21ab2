package io.tidegate.gateway.upstream;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;

/**
 * Reads a body to its end and keeps nothing of it; {@code BodyCodec.none()} would gather it first.
 * Fails when the body is longer than 1 MiB: that is no answer to a health check.
 */
final class Discard implements BodyCodec<Void>, BodyStream<Void> {
  private static final long MOST = 1 << 20;

  private final Promise<Void> end = Promise.promise();
  private long seen;

  @Override
  public BodyStream<Void> stream() {
    return this;
  }

  @Override
  public Future<Void> write(Buffer data) {
    seen += data.length();
    if (seen > MOST) {
      end.tryFail("the body is longer than " + MOST + " bytes");
      return end.future();
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    end.tryComplete();
    return end.future();
  }

  @Override
  public Future<Void> result() {
    return end.future();
  }

  @Override
  public void handle(Throwable failure) {
    end.tryFail(failure);
  }

  @Override
  public boolean writeQueueFull() {
    return false;
  }

  @Override
  public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
    return this;
  }

  @Override
  public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
    return this;
  }

  @Override
  public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
    return this;
  }
}
