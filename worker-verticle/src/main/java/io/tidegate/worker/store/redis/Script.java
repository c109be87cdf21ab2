package io.tidegate.worker.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Every step that is made within Redis, by the file that says how. */
enum Script {
  CREATE("create"),
  LEASE("lease"),
  RENEW("renew"),
  SETTLE("settle"),
  RELEASE("release"),
  TEND("tend"),
  READ("read"),
  CANCEL("cancel"),
  REQUEUE("requeue"),
  REQUEUE_ALL("requeue-all"),
  DELETE("delete"),
  PURGE("purge"),
  LIST("list"),
  SURVEY("survey"),
  MODE("mode"),
  UNTOLD("untold"),
  TOLD("told"),
  SCHEDULE("schedule");

  private final String text;
  private final String digest;

  Script(String name) {
    // Schedules have nothing to do with jobs.
    text = name.equals("schedule") ? read(name) : read("jobs") + read(name);
    digest = sha1(text);
  }

  String text() {
    return text;
  }

  /** By which Redis knows it. */
  String digest() {
    return digest;
  }

  private static String read(String name) {
    try (InputStream file = Script.class.getResourceAsStream(name + ".lua")) {
      if (file == null) {
        throw new IllegalStateException("script: " + name + " is missing in the jar");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException("script: " + name, broken);
    }
  }

  private static String sha1(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-1", impossible);
    }
  }
}
