package io.tidegate.metrics.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import ch.qos.logback.classic.Level;

/** Colours of a terminal, kept where NO_COLOR asks for none (no-color.org). */
final class Colour {
  private static final boolean WANTED = System.getenv("NO_COLOR") == null;

  static final byte[] PLAIN = code("0");
  static final byte[] DIM = code("2");
  private static final byte[] RED = code("31");
  private static final byte[] GREEN = code("32");
  private static final byte[] YELLOW = code("33");
  private static final byte[] CYAN = code("36");

  private Colour() {}

  private static byte[] code(String code) {
    return (WANTED ? "\u001b[" + code + "m" : "").getBytes(ISO_8859_1);
  }

  static byte[] ofStatus(int status) {
    if (status >= 500) {
      return RED;
    }
    if (status >= 400) {
      return YELLOW;
    }
    return status >= 300 ? CYAN : GREEN;
  }

  static byte[] of(Level level) {
    if (level.isGreaterOrEqual(Level.ERROR)) {
      return RED;
    }
    if (level.isGreaterOrEqual(Level.WARN)) {
      return YELLOW;
    }
    return level.isGreaterOrEqual(Level.INFO) ? GREEN : DIM;
  }
}
