/**
 * What the other rooms say to this one: the facts of a request, the meters they turn, the trace
 * context they pass on, and the operational events they publish.
 *
 * <ul>
 *   <li>{@link io.tidegate.metrics.api.RequestFacts} is what is known of one request when it is
 *       over; {@link io.tidegate.metrics.api.AccessLog} writes it, {@link
 *       io.tidegate.metrics.api.RouteMeters} counts it and {@link
 *       io.tidegate.metrics.api.ServerSpan} records it.
 *   <li>{@link io.tidegate.metrics.api.TraceContext} is the W3C trace context as two numbers;
 *       {@link io.tidegate.metrics.api.TraceIds} ties it to a Vert.x context, so that log lines
 *       carry it.
 *   <li>{@link io.tidegate.metrics.api.OperationalEvent} is everything an operator may want to be
 *       told, and {@link io.tidegate.metrics.api.EventsBus} where it is said.
 *   <li>{@link io.tidegate.metrics.api.MetricsBus} answers with the console's numbers.
 * </ul>
 *
 * Nothing here blocks; what is called once per request costs well under a microsecond.
 */
package io.tidegate.metrics.api;
