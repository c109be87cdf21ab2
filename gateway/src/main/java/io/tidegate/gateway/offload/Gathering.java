package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import io.tidegate.gateway.exchange.Failure;
import io.tidegate.gateway.exchange.RequestBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/** Takes a request's body in as a whole, up to a limit. */
final class Gathering implements RequestBody.Receiver {
  /**
   * How that ended.
   *
   * @param body null when it failed
   * @param failure null when it is here
   */
  record Gathered(Buffer body, Failure failure) {}

  private final RequestBody source;
  private final long most;
  private final Promise<Gathered> done = Promise.promise();
  private final Buffer body = Buffer.buffer();

  private Gathering(RequestBody source, long most) {
    this.source = source;
    this.most = most;
  }

  /** The body, once it is in; {@link RequestBody#replayable} before this is called. */
  static Future<Gathered> of(Exchange exchange, long most) {
    RequestBody source = exchange.body();
    if (!source.exists()) {
      return Future.succeededFuture(new Gathered(Buffer.buffer(), null));
    }
    if (source.isBroken() || source.length() > most || source.received() > most) {
      Failure why = source.isBroken() ? source.failure() : Failure.BODY_TOO_LARGE;
      return Future.succeededFuture(new Gathered(null, why));
    }
    Buffer whole = source.whole();
    if (whole != null) {
      return Future.succeededFuture(new Gathered(whole, null));
    }
    var gathering = new Gathering(source, most);
    if (source.received() == 0) {
      exchange.writeContinue();
    }
    source.attach(gathering);
    return gathering.done.future();
  }

  @Override
  public boolean chunk(Buffer chunk) {
    if (body.length() + chunk.length() > most) {
      source.detach(this);
      done.tryComplete(new Gathered(null, Failure.BODY_TOO_LARGE));
      return false;
    }
    body.appendBuffer(chunk);
    return true;
  }

  @Override
  public void end() {
    done.tryComplete(new Gathered(body, null));
  }

  @Override
  public void broken(Failure failure) {
    done.tryComplete(new Gathered(null, failure));
  }
}
