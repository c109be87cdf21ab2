package io.tidegate.gateway.pipeline;

import io.tidegate.cache.api.Fill;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.metrics.api.CacheRouteMeters;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/** Pours an upstream's answer into the store, as fast as store and readers take it. */
final class Filling implements Reply.BodySink, Fill.Source {
  private final Reply.Proxied answer;
  private final Fill fill;
  private final CacheRouteMeters meters;
  private final long started;

  /**
   * @param started {@link System#nanoTime()} when the call began
   */
  Filling(Reply.Proxied answer, Fill fill, CacheRouteMeters meters, long started) {
    this.answer = answer;
    this.fill = fill;
    this.meters = meters;
    this.started = started;
  }

  void begin() {
    fill.from(this);
    answer.receive(this);
  }

  @Override
  public void chunk(Buffer chunk) {
    if (!fill.chunk(chunk)) {
      answer.pause();
    }
  }

  @Override
  public void end(MultiMap trailers) {
    meters.loaded(System.nanoTime() - started);
    fill.end();
  }

  @Override
  public void broken(Failure failure) {
    fill.abort();
  }

  @Override
  public void resume() {
    answer.resume();
  }

  @Override
  public void cancel() {
    answer.discard();
  }
}
