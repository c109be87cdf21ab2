/**
 * What is seen: meters, traces, logs and the stream of operational events.
 *
 * <p>The lowest floor: it knows none of the other rooms and never decides anything for them.
 */
package io.tidegate.metrics;
