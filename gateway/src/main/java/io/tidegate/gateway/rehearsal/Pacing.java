package io.tidegate.gateway.rehearsal;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.LongFunction;

/**
 * Writes pieces one after the other with a rest between them, each only when the one before it has
 * left; stops, timer included, when the client goes away. Used on one event loop.
 */
final class Pacing {
  private static final long NONE = -1;

  private final Context context;
  private final HttpServerResponse response;
  private final LongFunction<Buffer> piece;
  private final long pieces;
  private final long rest;
  private long written;
  private long timer = NONE;
  private boolean over;

  /**
   * @param piece the piece of a number, from 1 to {@code pieces}
   * @param rest milliseconds between two pieces
   */
  Pacing(
      Context context,
      HttpServerResponse response,
      long pieces,
      long rest,
      LongFunction<Buffer> piece) {
    this.context = context;
    this.response = response;
    this.pieces = pieces;
    this.rest = rest;
    this.piece = piece;
  }

  void start() {
    response.closeHandler(gone -> stop()).exceptionHandler(failure -> stop());
    next();
  }

  private void next() {
    timer = NONE;
    if (over) {
      return;
    }
    if (written == pieces) {
      over = true;
      response.end();
      return;
    }
    written++;
    response.write(piece.apply(written)).onSuccess(sent -> pause()).onFailure(gone -> stop());
  }

  private void pause() {
    if (over) {
      return;
    }
    // Through the context, never directly: a write that is done at once would recurse otherwise.
    if (rest == 0 || written == pieces) {
      context.runOnContext(now -> next());
    } else {
      timer = context.owner().setTimer(rest, now -> next());
    }
  }

  private void stop() {
    over = true;
    if (timer != NONE) {
      context.owner().cancelTimer(timer);
      timer = NONE;
    }
  }
}
