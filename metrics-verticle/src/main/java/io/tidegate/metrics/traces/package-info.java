/**
 * Spans by OpenTelemetry, made by our own code rather than by Vert.x: the server and the clients
 * run with tracing policy IGNORE, since Vert.x gives a failed connect no span, a 5xx no error
 * status, and knows neither routes nor attempts. Its tracer is still plugged in: it carries the
 * current span through the context and over the event bus.
 *
 * <p>With tracing off none of OpenTelemetry is loaded.
 */
package io.tidegate.metrics.traces;
