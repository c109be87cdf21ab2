package io.tidegate.worker.store.redis;

import io.tidegate.worker.store.StoreUnavailable;
import io.tidegate.worker.store.redis.Unpack.Tuple;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;

/** Runs scripts over a line, each by itself. Used on the line's context. */
final class Questions {
  private final Line line;
  private final Names names;
  private final Hints hints;

  Questions(Line line, Names names, Hints hints) {
    this.line = line;
    this.names = names;
    this.hints = hints;
  }

  /** What a script found; its changes have been told then. */
  Future<Object> ask(Script script, String queue, Buffer about) {
    return run(line, names, script, queue, about).map(reply -> told(queue, reply));
  }

  Future<Response> send(Request request) {
    return line.send(request).recover(Questions::unavailable);
  }

  private Object told(String queue, Tuple reply) {
    hints.changed(queue, reply.tuple(1));
    return reply.items().get(0);
  }

  static Future<Tuple> run(Line line, Names names, Script script, String queue, Buffer about) {
    return line.send(names.byDigest(script, queue).arg(about))
        .recover(
            failure ->
                isUnknown(failure)
                    ? line.send(names.byText(script, queue).arg(about))
                    : Future.failedFuture(failure))
        .map(reply -> Unpack.tuple(reply.toBuffer()))
        .recover(Questions::unavailable);
  }

  private static boolean isUnknown(Throwable failure) {
    return String.valueOf(failure.getMessage()).startsWith("NOSCRIPT");
  }

  static <T> Future<T> unavailable(Throwable failure) {
    return Future.failedFuture(
        failure instanceof StoreUnavailable
            ? failure
            : new StoreUnavailable("redis: " + failure.getMessage(), failure));
  }
}
