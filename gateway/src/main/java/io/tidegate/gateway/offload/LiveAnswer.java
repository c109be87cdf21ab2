package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.Reply;
import io.tidegate.gateway.route.RouteOptions;
import io.tidegate.worker.api.JobResult;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * An upstream's answer that may be a client's or a job's: it is taken in, and then given to the
 * client as it came, or kept as a result. One that is too large for a result stands still until it
 * is known whose it is.
 */
final class LiveAnswer implements Reply.Proxied, Reply.BodySink {
  /** Who decides whose it is. */
  interface Listener {
    /** It is here as a whole, or as much as a job wants of it. */
    void whole();

    /** More will not come. */
    void broken(Failure failure);

    /** It is too large for a result, and waits. */
    void tooLarge();

    /** The client has all that it will get. */
    void passed();
  }

  private final Reply.Proxied source;
  private final long most;
  private final Listener listener;
  private Buffer body = Buffer.buffer();
  private long received;
  private boolean large;
  private boolean dropped;
  private MultiMap trailers;
  private Failure failure;
  private BodySink client;
  private boolean paused;
  private boolean over;

  private LiveAnswer(Reply.Proxied source, long most, Listener listener) {
    this.source = source;
    this.most = most;
    this.listener = listener;
  }

  /**
   * Takes an answer in.
   *
   * @param most bytes of its body that a result keeps
   */
  static LiveAnswer of(Reply.Proxied source, long most, Listener listener) {
    return new LiveAnswer(source, most, listener);
  }

  /** Begins; may tell the listener at once. */
  void begin() {
    source.receive(this);
  }

  boolean isTooLarge() {
    return large;
  }

  /** It is a job's: what is too large is read to its end without being kept. */
  void drop() {
    dropped = true;
    body = Buffer.buffer();
    source.resume();
  }

  /** What a job keeps of it. */
  JobResult result(RouteOptions route) {
    return Result.kept(source.status(), source.headers(), route, body, dropped ? most : -1);
  }

  @Override
  public void chunk(Buffer chunk) {
    if (client != null) {
      client.chunk(chunk);
    } else if (!dropped) {
      body.appendBuffer(chunk);
      received += chunk.length();
      if (received > most && !large) {
        large = true;
        source.pause();
        listener.tooLarge();
      }
    }
  }

  @Override
  public void end(MultiMap last) {
    trailers = last;
    if (client != null) {
      client.end(last);
      passed();
    } else {
      listener.whole();
    }
  }

  @Override
  public void broken(Failure why) {
    failure = why;
    if (client != null) {
      client.broken(why);
      passed();
    } else {
      listener.broken(why);
    }
  }

  @Override
  public void receive(BodySink sink) {
    client = sink;
    if (body.length() > 0) {
      sink.chunk(body);
    }
    if (trailers != null) {
      sink.end(trailers);
      passed();
    } else if (failure != null) {
      sink.broken(failure);
      passed();
    } else if (!paused) {
      source.resume();
    }
  }

  private void passed() {
    if (!over) {
      over = true;
      listener.passed();
    }
  }

  @Override
  public int status() {
    return source.status();
  }

  @Override
  public MultiMap headers() {
    return source.headers();
  }

  @Override
  public long length() {
    return source.length();
  }

  @Override
  public String protocol() {
    return source.protocol();
  }

  @Override
  public void pause() {
    paused = true;
    if (trailers == null) {
      source.pause();
    }
  }

  @Override
  public void resume() {
    paused = false;
    if (trailers == null) {
      source.resume();
    }
  }

  @Override
  public void discard() {
    if (trailers == null && failure == null) {
      source.discard();
    }
    passed();
  }
}
