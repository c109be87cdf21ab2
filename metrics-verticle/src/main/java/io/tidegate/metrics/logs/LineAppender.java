package io.tidegate.metrics.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;

/**
 * Encodes on the caller's thread, which alone knows whose request it works for, and hands the bytes
 * to the {@link LogWriter}. Never waits for it.
 */
final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private final LogWriter writer;
  private final ThreadLocal<LineBuffer> lines = ThreadLocal.withInitial(() -> new LineBuffer(512));
  private volatile EventFormat format;

  /** How an event looks as a line. Stateless. */
  interface EventFormat {
    void write(ILoggingEvent event, LineBuffer line);
  }

  LineAppender(LogWriter writer, boolean text) {
    this.writer = writer;
    setName("stdout");
    format(text);
  }

  void format(boolean text) {
    format = text ? new EventText() : new EventJson();
  }

  @Override
  protected void append(ILoggingEvent event) {
    LineBuffer line = lines.get();
    line.clear();
    format.write(event, line);
    writer.offer(line.copy());
  }
}
