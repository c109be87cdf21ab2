package io.tidegate.metrics.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import org.slf4j.event.KeyValuePair;

/** A log event as lines for a person at a terminal. */
final class EventText implements LineAppender.EventFormat {
  private static final int LENGTH = 4096;
  private static final int LEVEL_WIDTH = 5;

  @Override
  public void write(ILoggingEvent event, LineBuffer line) {
    line.raw(Colour.DIM);
    line.clock(event.getTimeStamp());
    line.raw(Colour.PLAIN);
    line.raw(' ');
    level(event, line);
    line.raw(Colour.DIM);
    String logger = event.getLoggerName();
    line.text(logger.substring(logger.lastIndexOf('.') + 1), LENGTH);
    line.raw(Colour.PLAIN);
    line.raw(' ');
    line.text(String.valueOf(event.getFormattedMessage()), LENGTH);
    pairs(event, line);
    line.raw('\n');
    stack(event, line);
  }

  private static void level(ILoggingEvent event, LineBuffer line) {
    String name = event.getLevel().toString();
    line.raw(Colour.of(event.getLevel()));
    line.text(name, LENGTH);
    line.raw(Colour.PLAIN);
    for (int i = name.length(); i <= LEVEL_WIDTH; i++) {
      line.raw(' ');
    }
  }

  private static void pairs(ILoggingEvent event, LineBuffer line) {
    if (event.getKeyValuePairs() == null) {
      return;
    }
    for (KeyValuePair pair : event.getKeyValuePairs()) {
      if (pair.value != null) {
        line.raw(' ');
        line.text(pair.key, LENGTH);
        line.raw('=');
        line.text(pair.value.toString(), LENGTH);
      }
    }
  }

  private static void stack(ILoggingEvent event, LineBuffer line) {
    if (event.getThrowableProxy() != null) {
      ThrowableProxyUtil.asString(event.getThrowableProxy())
          .lines()
          .forEach(
              one -> {
                line.text(one.replace("\t", "    "), LENGTH);
                line.raw('\n');
              });
    }
  }
}
