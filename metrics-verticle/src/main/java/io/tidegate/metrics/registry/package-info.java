/**
 * Counters, gauges and histograms, and how they are read.
 *
 * <p>What a request touches are adders and arrays found ahead of time: counting one costs tens of
 * nanoseconds and no allocation. They hang in the same Prometheus registry as Micrometer's meters
 * (JVM, process, Vert.x), so that one scrape shows all. Every name holds a bounded number of series
 * labels are ids from the config or members of fixed sets, and past a hard limit they
 * become {@code other}.
 */
package io.tidegate.metrics.registry;
