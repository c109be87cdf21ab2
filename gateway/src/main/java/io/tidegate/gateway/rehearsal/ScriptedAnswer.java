package io.tidegate.gateway.rehearsal;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.util.OptionalInt;

/** Plays behaviours on one connection, one at a time. Used on one event loop. */
final class ScriptedAnswer {
  private static final long NONE = -1;
  private static final long HEAD_DRIP_MS = 250;
  private static final long BODY_DRIP_MS = 50;
  private static final int DRIPPED_BODY = 20;
  private static final int PROMISED_BODY = 1_000;

  /** Long enough for the first half of a body to be read before the reset overtakes it. */
  private static final long RESET_MS = 20;

  private final Vertx vertx;
  private final NetSocket socket;
  private long timer = NONE;

  ScriptedAnswer(Vertx vertx, NetSocket socket) {
    this.vertx = vertx;
    this.socket = socket;
  }

  void play(Behaviour behaviour) {
    stop();
    if (behaviour instanceof Behaviour.Answer answer) {
      after(answer.delay().toMillis(), () -> answer(answer.status(), answer.retryAfter()));
    } else if (behaviour instanceof Behaviour.DripHead) {
      drip(head(200, PROMISED_BODY, OptionalInt.empty()), HEAD_DRIP_MS);
    } else if (behaviour instanceof Behaviour.DripBody) {
      socket.write(head(200, DRIPPED_BODY, OptionalInt.empty()));
      drip(".".repeat(DRIPPED_BODY), BODY_DRIP_MS);
    } else if (behaviour instanceof Behaviour.Reset) {
      AbruptClose.of(socket);
    } else if (behaviour instanceof Behaviour.ResetInBody) {
      socket.write(head(200, PROMISED_BODY, OptionalInt.empty()) + ".".repeat(PROMISED_BODY / 2));
      after(RESET_MS, () -> AbruptClose.of(socket));
    }
  }

  /** Stops what is under way; the connection stays. */
  void stop() {
    if (timer != NONE) {
      vertx.cancelTimer(timer);
      timer = NONE;
    }
  }

  private void after(long ms, Runnable then) {
    if (ms == 0) {
      then.run();
    } else {
      timer = vertx.setTimer(ms, now -> then.run());
    }
  }

  private void answer(int status, OptionalInt retryAfter) {
    String body = status < 400 ? "fine\n" : "failed\n";
    socket.write(head(status, body.length(), retryAfter) + body);
  }

  private void drip(String text, long ms) {
    int[] sent = {0};
    timer =
        vertx.setPeriodic(
            ms,
            now -> {
              socket.write(text.substring(sent[0], sent[0] + 1));
              if (++sent[0] == text.length()) {
                stop();
              }
            });
  }

  private static String head(int status, int length, OptionalInt retryAfter) {
    var head = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
    head.append("Content-Type: text/plain\r\nContent-Length: ").append(length).append("\r\n");
    retryAfter.ifPresent(seconds -> head.append("Retry-After: ").append(seconds).append("\r\n"));
    return head.append("\r\n").toString();
  }
}
