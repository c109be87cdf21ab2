package io.tidegate.gateway.pipeline;

import io.tidegate.cache.api.Fields;
import io.tidegate.cache.api.Flight;
import io.tidegate.cache.api.Rendition;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.metrics.api.RequestFacts;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/**
 * An answer that is on its way into the store, as one of its readers gets it: at its own pace, and
 * only the part that it asked for.
 */
final class FlightReply implements Reply.Proxied, Flight.Sink {
  private final Flight flight;
  private final Rendition rendition;
  private final RequestFacts.Source source;
  private final boolean bodiless;
  private final long idleMillis;
  private final MultiMap headers;
  private Reply.BodySink sink;
  private Flight.Reader reader;
  private long seen;
  private boolean done;

  /**
   * @param source who is said to have answered
   * @param head whether the request was a HEAD
   * @param idleMillis how long the client may stand still while others wait for it
   */
  FlightReply(
      Flight flight,
      Rendition rendition,
      RequestFacts.Source source,
      boolean head,
      long idleMillis) {
    this.flight = flight;
    this.rendition = rendition;
    this.source = source;
    this.bodiless = head || rendition.status() == 204 || rendition.status() == 304;
    this.idleMillis = idleMillis;
    this.headers = copy(rendition.headers());
  }

  private static MultiMap copy(Fields fields) {
    MultiMap headers = HttpHeaders.headers();
    for (int i = 0; i < fields.size(); i++) {
      headers.add(fields.name(i), fields.value(i));
    }
    return headers;
  }

  @Override
  public int status() {
    return rendition.status();
  }

  @Override
  public MultiMap headers() {
    return headers;
  }

  @Override
  public RequestFacts.Source source() {
    return source;
  }

  @Override
  public long length() {
    return rendition.status() == 304 ? -1 : rendition.length();
  }

  @Override
  public String protocol() {
    return "1.1";
  }

  @Override
  public void receive(Reply.BodySink to) {
    sink = to;
    if (done) {
      to.broken(Failure.RESPONSE_INCOMPLETE);
    } else if (bodiless || rendition.length() == 0) {
      finish();
    } else {
      reader = flight.read(this, idleMillis);
    }
  }

  @Override
  public void chunk(Buffer chunk) {
    if (done) {
      return;
    }
    long from = Math.max(0, rendition.offset() - seen);
    long to = chunk.length();
    if (rendition.length() >= 0) {
      to = Math.min(to, rendition.offset() + rendition.length() - seen);
    }
    seen += chunk.length();
    if (from < to) {
      boolean whole = from == 0 && to == chunk.length();
      sink.chunk(whole ? chunk : chunk.slice((int) from, (int) to));
    }
    if (!done && isPart() && seen >= rendition.offset() + rendition.length()) {
      reader.cancel();
      finish();
    }
  }

  /** The whole is read to its end, so that it is known to be whole. */
  private boolean isPart() {
    return rendition.status() == 206;
  }

  @Override
  public void end() {
    finish();
  }

  private void finish() {
    if (!done) {
      done = true;
      sink.end(HttpHeaders.headers());
    }
  }

  @Override
  public void broken() {
    if (!done) {
      done = true;
      sink.broken(Failure.RESPONSE_INCOMPLETE);
    }
  }

  @Override
  public void pause() {
    if (reader != null) {
      reader.pause();
    }
  }

  @Override
  public void resume() {
    if (reader != null) {
      reader.resume();
    }
  }

  @Override
  public void discard() {
    if (!done) {
      done = true;
      if (reader != null) {
        reader.cancel();
      }
    }
  }
}
