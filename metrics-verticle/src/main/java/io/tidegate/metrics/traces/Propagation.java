package io.tidegate.metrics.traces;

import io.tidegate.metrics.TelemetryOptions;
import io.tidegate.metrics.api.Baggage;
import io.tidegate.metrics.api.TraceContext;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;

/**
 * Which fields the next hop gets.
 *
 * @param trace {@code traceparent} and {@code tracestate}
 * @param baggage as the client sent it, within its limits
 */
public record Propagation(boolean trace, boolean baggage) {
  private static final CharSequence BAGGAGE = HttpHeaders.createOptimized("baggage");

  /** As the config says. */
  public static Propagation of(TelemetryOptions.Traces options) {
    return new Propagation(
        options.propagate().contains("tracecontext"), options.propagate().contains("baggage"));
  }

  void write(TraceContext context, MultiMap headers) {
    (trace ? context : TraceContext.NONE).inject(headers);
    if (!headers.contains(BAGGAGE)) {
      return;
    }
    List<String> lines = headers.getAll(BAGGAGE);
    String kept = baggage ? Baggage.limited(lines) : "";
    if (kept.isEmpty()) {
      headers.remove(BAGGAGE);
    } else if (lines.size() > 1 || kept.length() != lines.get(0).length()) {
      headers.set(BAGGAGE, kept);
    }
  }
}
