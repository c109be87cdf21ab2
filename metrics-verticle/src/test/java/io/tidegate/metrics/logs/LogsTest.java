package io.tidegate.metrics.logs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.api.TraceContext;
import io.tidegate.metrics.api.TraceIds;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final LogWriter writer = new LogWriter(out);
  private final LoggerContext context = new LoggerContext();

  @AfterEach
  void restore() {
    Logs.configure(TelemetryOptions.DEFAULTS.logs());
    context.stop();
  }

  private Logger logger(boolean text) {
    LineAppender appender = new LineAppender(writer, text);
    appender.setContext(context);
    appender.start();
    Logger logger = context.getLogger("io.tidegate.Test");
    logger.addAppender(appender);
    return logger;
  }

  private String written() {
    writer.close();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineIsJsonWithTheTraceOfItsCaller() {
    TraceContext trace = TraceContext.fresh(0);
    TraceIds.with(
        trace,
        () ->
            logger(false)
                .atWarn()
                .addKeyValue("upstream", "orders\n")
                .addKeyValue("attempt", 2)
                .setCause(new IllegalStateException("broken \"thing\""))
                .log("failed {}", "badly"));
    String line = written();
    assertThat(line).containsOnlyOnce("\n").endsWith("}\n");
    JsonObject json = new JsonObject(line);
    assertThat(json.getInstant("time")).isNotNull();
    assertThat(json.getString("level")).isEqualTo("warn");
    assertThat(json.getString("logger")).isEqualTo("io.tidegate.Test");
    assertThat(json.getString("thread")).isEqualTo(Thread.currentThread().getName());
    assertThat(json.getString("message")).isEqualTo("failed badly");
    assertThat(json.getString("upstream")).isEqualTo("orders\n");
    assertThat(json.getInteger("attempt")).isEqualTo(2);
    assertThat(json.getString("trace_id")).isEqualTo(trace.traceId());
    assertThat(json.getString("span_id")).isEqualTo(trace.spanId());
    assertThat(json.getString("exception"))
        .startsWith("java.lang.IllegalStateException: broken \"thing\"")
        .contains("LogsTest");
  }

  @Test
  void textForAPersonHasTheStackBelowTheMessage() {
    logger(true).error("failed \u001b[2J", new IllegalStateException("broken"));
    assertThat(written())
        .contains("ERROR")
        .contains("failed \\u001b[2J\n")
        .contains("\njava.lang.IllegalStateException: broken\n    at ");
  }

  @Test
  void librariesNeverDebugEvenWhenTidegateDoes() {
    Logs.configure(new TelemetryOptions.Logs(TelemetryOptions.Logs.Format.JSON, "debug", true, 1));
    assertThat(LoggerFactory.getLogger("io.tidegate.gateway").isDebugEnabled()).isTrue();
    assertThat(LoggerFactory.getLogger("io.netty.util.ResourceLeakDetector").isInfoEnabled())
        .isFalse();
    assertThat(LoggerFactory.getLogger("org.example.Other").isDebugEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("io.vertx.core.net.impl.ConnectionBase").isErrorEnabled())
        .isFalse();
  }

  @Test
  void theLevelChangesAtAReload() {
    Logs.configure(new TelemetryOptions.Logs(TelemetryOptions.Logs.Format.JSON, "error", true, 1));
    assertThat(LoggerFactory.getLogger("io.tidegate.gateway").isWarnEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger("io.netty").isWarnEnabled()).isFalse();
    Logs.configure(TelemetryOptions.DEFAULTS.logs());
    assertThat(LoggerFactory.getLogger("io.tidegate.gateway").isInfoEnabled()).isTrue();
  }

  @Test
  void logbackFindsOurSetupByItself() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    assertThat(root.getLevel()).isEqualTo(Level.INFO);
    assertThat(root.getAppender("stdout")).isInstanceOf(LineAppender.class);
    assertThat(root.iteratorForAppenders()).toIterable().hasSize(1);
  }

  @Test
  void javaUtilLoggingComesOutAsOurLines() {
    JulBridge.install();
    var root = java.util.logging.Logger.getLogger("");
    assertThat(root.getHandlers()).singleElement().isInstanceOf(JulBridge.class);
    assertThat(root.isLoggable(java.util.logging.Level.INFO)).isFalse();
  }
}
