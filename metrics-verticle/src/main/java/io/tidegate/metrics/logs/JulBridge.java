package io.tidegate.metrics.logs;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What libraries say through java.util.logging, as lines like all others. */
public final class JulBridge extends Handler {
  private static final SimpleFormatter MESSAGES = new SimpleFormatter();

  private JulBridge() {}

  /** Takes the place of the console handler. */
  public static void install() {
    LogManager.getLogManager().reset();
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    root.addHandler(new JulBridge());
    root.setLevel(Level.WARNING);
  }

  @Override
  public void publish(LogRecord record) {
    String name = record.getLoggerName() == null ? "jul" : record.getLoggerName();
    Logger logger = LoggerFactory.getLogger(name);
    String message = MESSAGES.formatMessage(record);
    // Only a cause's own words: a collector that is down is no reason for a stack at each batch.
    String cause = record.getThrown() == null ? "" : ": " + record.getThrown();
    if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
      logger.error("{}{}", message, cause);
    } else {
      logger.warn("{}{}", message, cause);
    }
  }

  @Override
  public void flush() {
    // Nothing is kept here.
  }

  @Override
  public void close() {
    // Nothing is held here.
  }
}
