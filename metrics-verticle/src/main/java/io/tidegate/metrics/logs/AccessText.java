package io.tidegate.metrics.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.tidegate.metrics.api.RequestFacts;

/** A request as a line for a person at a terminal. */
final class AccessText implements AccessLines.AccessFormat {
  private static final byte[] ARROW = " -> ".getBytes(ISO_8859_1);
  private static final byte[] MILLIS = "ms".getBytes(ISO_8859_1);
  private static final byte[] ATTEMPTS = " attempts=".getBytes(ISO_8859_1);
  private static final int PATH_LENGTH = 512;
  private static final int TEXT_LENGTH = 128;

  @Override
  public void write(RequestFacts facts, LineBuffer line) {
    line.raw(Colour.DIM);
    line.clock(facts.startMillis());
    line.raw(Colour.PLAIN);
    line.raw(' ');
    line.raw(Colour.ofStatus(facts.status()));
    line.number(facts.status());
    line.raw(Colour.PLAIN);
    word(line, facts.method());
    line.raw(' ');
    line.text(facts.path() == null ? "-" : facts.path(), PATH_LENGTH);
    line.raw(' ');
    line.millis(facts.totalNanos());
    line.raw(MILLIS);
    word(line, facts.source() == null ? null : facts.source().label());
    if (facts.endpoint() != null) {
      line.raw(ARROW);
      line.text(facts.upstream() == null ? "-" : facts.upstream(), TEXT_LENGTH);
      line.raw(' ');
      line.text(facts.endpoint(), TEXT_LENGTH);
    }
    if (facts.attempts() > 1) {
      line.raw(ATTEMPTS);
      line.number(facts.attempts());
    }
    word(line, facts.failure());
    line.raw('\n');
  }

  private static void word(LineBuffer line, String word) {
    if (word != null) {
      line.raw(' ');
      line.text(word, TEXT_LENGTH);
    }
  }
}
