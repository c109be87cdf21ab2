package io.tidegate.worker.store.redis;

import io.tidegate.worker.api.JobRequest;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** What keys are called. */
final class Names {
  /** In the order in which the scripts expect them. */
  private static final List<String> PARTS =
      List.of(
          "jobs",
          "calls",
          "results",
          "logs",
          "ready",
          "suspects",
          "groups",
          "delay",
          "run",
          "late",
          "over",
          "expiry",
          "index",
          "idem",
          "tombs",
          "graves",
          "untold",
          "ends",
          "count");

  private static final int HASH = 16;

  private final String prefix;
  private final Optional<InstantSource> clock;

  /**
   * @param clock decides what is due; empty: Redis' own does
   */
  Names(String prefix, Optional<InstantSource> clock) {
    this.prefix = prefix;
    this.clock = clock;
  }

  /** All queues that ever had a job. */
  String queues() {
    return prefix + ":queues";
  }

  /** Where nodes tell each other of changes. */
  String channel() {
    return prefix + ":changes";
  }

  String schedules(String queue) {
    return key(queue, "schedules");
  }

  String fires(String queue) {
    return key(queue, "fires");
  }

  private String key(String queue, String part) {
    return prefix + ":{" + queue + "}:" + part;
  }

  /** A script by its digest. */
  Request byDigest(Script script, String queue) {
    return keyed(Request.cmd(Command.EVALSHA).arg(script.digest()), script, queue);
  }

  /** A script by its text, which Redis then knows. */
  Request byText(Script script, String queue) {
    return keyed(Request.cmd(Command.EVAL).arg(script.text()), script, queue);
  }

  private Request keyed(Request request, Script script, String queue) {
    if (script == Script.SCHEDULE) {
      return request.arg(2).arg(schedules(queue)).arg(fires(queue));
    }
    request.arg(PARTS.size());
    for (String part : PARTS) {
      request.arg(key(queue, part));
    }
    return request.arg(clock.map(source -> Long.toString(source.millis())).orElse(""));
  }

  /** By which a client's key is known; half a digest is enough. */
  static String hash(JobRequest request) {
    if (request.key().isEmpty()) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String key = request.key().get().value();
      for (String part : List.of(request.tenant(), request.route(), key)) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) (bytes.length >>> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, HASH);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }
}
