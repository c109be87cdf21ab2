package io.tidegate.metrics.logs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/** A log event as one JSON object, with the trace that the caller works for. */
final class EventJson implements LineAppender.EventFormat {
  private static final byte[] START = "{\"time\":\"".getBytes(ISO_8859_1);
  private static final int NAME_LENGTH = 256;
  private static final int MESSAGE_LENGTH = 8192;
  private static final int STACK_LENGTH = 16384;

  @Override
  public void write(ILoggingEvent event, LineBuffer line) {
    line.raw(START);
    line.time(event.getTimeStamp());
    line.raw('"');
    field(line, "level", event.getLevel().toString().toLowerCase(Locale.ROOT), NAME_LENGTH);
    field(line, "logger", event.getLoggerName(), NAME_LENGTH);
    field(line, "thread", event.getThreadName(), NAME_LENGTH);
    field(line, "message", String.valueOf(event.getFormattedMessage()), MESSAGE_LENGTH);
    pairs(line, event.getKeyValuePairs());
    trace(line);
    if (event.getThrowableProxy() != null) {
      String stack = ThrowableProxyUtil.asString(event.getThrowableProxy());
      field(line, "exception", stack, STACK_LENGTH);
    }
    line.raw('}');
    line.raw('\n');
  }

  private static void pairs(LineBuffer line, List<KeyValuePair> pairs) {
    if (pairs == null) {
      return;
    }
    for (KeyValuePair pair : pairs) {
      if (pair.value instanceof Long || pair.value instanceof Integer) {
        name(line, pair.key);
        line.number(((Number) pair.value).longValue());
      } else if (pair.value != null) {
        field(line, pair.key, pair.value.toString(), MESSAGE_LENGTH);
      }
    }
  }

  private static void trace(LineBuffer line) {
    TraceContext trace = TraceIds.current();
    if (trace.exists()) {
      name(line, "trace_id");
      line.raw('"');
      line.hex(trace.traceIdHigh(), trace.traceIdLow());
      line.raw('"');
      name(line, "span_id");
      line.raw('"');
      line.hex(trace.spanNumber());
      line.raw('"');
    }
  }

  private static void name(LineBuffer line, String name) {
    line.raw(',');
    line.raw('"');
    line.text(name, NAME_LENGTH);
    line.raw('"');
    line.raw(':');
  }

  private static void field(LineBuffer line, String name, String value, int most) {
    name(line, name);
    line.raw('"');
    line.text(value, most);
    line.raw('"');
  }
}
