package io.tidegate.metrics.traces;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.TelemetryOptions.Traces;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The file's settings and OTEL_* variables as one OpenTelemetry; variables win. */
public final class Exporting {
  private static final String VARIABLE = "OTEL_TRACES_EXPORTER";

  private Exporting() {}

  /** Whether spans go anywhere, by the file or by the environment. */
  public static boolean wanted(Traces options, Map<String, String> environment) {
    return !"true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"))
        && !exporter(options, environment).equals("none");
  }

  private static String exporter(Traces options, Map<String, String> environment) {
    String variable = environment.get(VARIABLE);
    return variable == null || variable.isBlank()
        ? options.exporter().name().toLowerCase(Locale.ROOT)
        : variable.strip();
  }

  static OpenTelemetrySdk sdk(TelemetryOptions options, Map<String, String> environment) {
    try {
      return AutoConfiguredOpenTelemetrySdk.builder()
          .disableShutdownHook()
          .addPropertiesSupplier(() -> fromFile(options))
          .addPropertiesCustomizer(any -> forced(options.traces(), environment))
          .build()
          .getOpenTelemetrySdk();
    } catch (ConfigurationException wrong) {
      throw new IllegalArgumentException("telemetry.traces: " + wrong.getMessage(), wrong);
    }
  }

  private static Map<String, String> fromFile(TelemetryOptions options) {
    Traces traces = options.traces();
    Map<String, String> properties = new HashMap<>();
    properties.put("otel.service.name", options.service());
    properties.put("otel.traces.sampler", "parentbased_traceidratio");
    properties.put("otel.traces.sampler.arg", Double.toString(traces.sample()));
    properties.put("otel.propagators", String.join(",", traces.propagate()));
    if (!traces.endpoint().isBlank()) {
      String kind = traces.exporter() == Traces.Exporter.ZIPKIN ? "zipkin" : "otlp";
      properties.put("otel.exporter." + kind + ".endpoint", traces.endpoint());
    }
    return properties;
  }

  /** Variables as properties, and what has no choice in this program. */
  private static Map<String, String> forced(Traces options, Map<String, String> environment) {
    Map<String, String> properties = new HashMap<>();
    environment.forEach(
        (name, value) -> {
          if (name.startsWith("OTEL_") && !value.isBlank()) {
            properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    String exporter = exporter(options, environment);
    properties.put(
        "otel.traces.exporter", exporter.equals("zipkin") ? ZipkinExporter.NAME : exporter);
    properties.put("otel.metrics.exporter", "none");
    properties.put("otel.logs.exporter", "none");
    // The JDK's client, which saves 3 MB of others, does not speak gRPC.
    properties.put("otel.exporter.otlp.protocol", "http/protobuf");
    properties.put("otel.exporter.otlp.traces.protocol", "http/protobuf");
    return properties;
  }
}
