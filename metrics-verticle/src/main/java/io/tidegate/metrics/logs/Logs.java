package io.tidegate.metrics.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.TelemetryOptions.Logs.Format;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * The program's log. Works with sane defaults from the first line on, since Logback finds {@link
 * LogbackStart} before it looks for anything else; {@link #configure} says what the user wants.
 *
 * <p>There is one per process, as there is one standard output.
 */
public final class Logs {
  private static final LogWriter WRITER = new LogWriter(new FileOutputStream(FileDescriptor.out));
  private static final LineAppender APPENDER = new LineAppender(WRITER, text(Format.AUTO));

  /**
   * What others say about every reset connection or refused login would bury what matters; their
   * failures reach us as futures, and are logged and counted there.
   */
  private static final Map<String, Level> QUIET =
      Map.ofEntries(
          Map.entry("io.netty", Level.WARN),
          Map.entry("io.vertx", Level.WARN),
          Map.entry("io.vertx.core.net.impl.ConnectionBase", Level.OFF),
          Map.entry("io.vertx.core.net.impl.VertxConnection", Level.OFF),
          Map.entry("io.vertx.core.http.impl.HttpClientConnectionInternal", Level.OFF),
          Map.entry("io.vertx.core.http.impl.HttpClientRequestImpl", Level.OFF),
          Map.entry("io.vertx.core.http.impl.HttpClientResponseImpl", Level.OFF),
          Map.entry("io.vertx.core.http.impl.Http2UpgradeClientConnection", Level.OFF),
          Map.entry("io.vertx.ext.web.RoutingContext", Level.OFF),
          Map.entry("io.micrometer", Level.WARN),
          Map.entry("io.micrometer.core.instrument.MeterRegistry", Level.ERROR),
          Map.entry("io.opentelemetry", Level.WARN),
          Map.entry("com.hazelcast", Level.WARN),
          Map.entry("com.github.benmanes.caffeine", Level.WARN));

  private Logs() {}

  /** Applies the user's choice; again at a reload, for the level. */
  public static void configure(TelemetryOptions.Logs options) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    APPENDER.format(text(options.format()));
    level(context, Level.toLevel(options.level().toUpperCase(Locale.ROOT), Level.INFO));
  }

  /** Whether lines are for a person: as asked for, or because standard output is a terminal. */
  public static boolean text(Format format) {
    return format == Format.TEXT || (format == Format.AUTO && onTerminal());
  }

  /** Where access lines go as well, so that no line is cut in half by another. */
  public static LogWriter writer() {
    return WRITER;
  }

  /** Writes what is left and stops. The last thing that a program does. */
  public static void close() {
    WRITER.close();
  }

  static void start(LoggerContext context) {
    APPENDER.setContext(context);
    APPENDER.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(APPENDER);
    level(context, Level.INFO);
  }

  private static void level(LoggerContext context, Level level) {
    QUIET.forEach((name, most) -> context.getLogger(name).setLevel(higher(most, level)));
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    // Debugging Tidegate is not debugging its libraries.
    root.setLevel(higher(Level.INFO, level));
    context.getLogger("io.tidegate").setLevel(level);
  }

  private static Level higher(Level a, Level b) {
    return a.isGreaterOrEqual(b) ? a : b;
  }

  private static boolean onTerminal() {
    // From Java 22 on there may be a console without a terminal, and it can be asked.
    return System.console() != null && terminal(System.console());
  }

  private static boolean terminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException unknown) {
      return false;
    }
  }
}
