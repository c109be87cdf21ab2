/**
 * What is seen: meters, traces, logs and the stream of operational events.
 *
 * <p>The lowest floor: it knows none of the other rooms and never decides anything for them. {@link
 * io.tidegate.metrics.Telemetry} puts the parts together before Vert.x is built; other rooms use
 * {@code api} alone. Inside, {@code logs} writes lines, {@code registry} counts, {@code traces}
 * records spans.
 */
package io.tidegate.metrics;
