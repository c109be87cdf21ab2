package io.tidegate.gateway.edge;

import io.vertx.core.Context;
import java.util.ArrayDeque;

/**
 * Answers whose head waits for the bytes that may have come in the same packet. All that gather
 * while the event loop reads share one task at its end. One event loop.
 */
final class LateHeads {
  private final Context context;
  private final ArrayDeque<Responder> waiting = new ArrayDeque<>();

  LateHeads(Context context) {
    this.context = context;
  }

  void later(Responder responder) {
    waiting.addLast(responder);
    if (waiting.size() == 1) {
      context.runOnContext(now -> write());
    }
  }

  private void write() {
    try {
      Responder next;
      while ((next = waiting.peekFirst()) != null) {
        next.writeHead();
        waiting.pollFirst();
      }
    } finally {
      if (!waiting.isEmpty()) {
        // One of them failed; it must not keep the others waiting.
        waiting.pollFirst();
        if (!waiting.isEmpty()) {
          context.runOnContext(now -> write());
        }
      }
    }
  }
}
