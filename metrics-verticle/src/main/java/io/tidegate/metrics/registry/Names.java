package io.tidegate.metrics.registry;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.LongAdder;

/** The meters that dashboards and alerts are built on: renaming one breaks them. */
final class Names {
  private Names() {}

  static RouteCounts.RouteFamilies route(Families all) {
    return new RouteCounts.RouteFamilies(
        all.counters("tidegate_requests", "Requests answered, by where the answer came from."),
        all.timings(
            "tidegate_request_duration_seconds", "From a request's head to the last byte sent."),
        all.levels("tidegate_requests_in_flight", "Requests being worked on."),
        all.counters("tidegate_failures", "Answers that Tidegate made itself, by reason."),
        all.counters("tidegate_retries", "Attempts made after a failed one, by its failure."),
        all.counters("tidegate_retry_skipped", "Failed attempts not tried again, by why."),
        all.counters("tidegate_hedges", "Second calls sent beside a slow one."),
        all.counters("tidegate_fallbacks", "Answers from a fallback, by its kind."),
        all.counters("tidegate_faults_injected", "Faults injected on purpose."),
        all.gauges("tidegate_fault_active", "1 while faults are injected on a route."));
  }

  static UpstreamCounts.UpstreamFamilies upstream(Families all) {
    return new UpstreamCounts.UpstreamFamilies(
        all.counters("tidegate_attempts", "Calls to an upstream, by how they ended."),
        all.timings(
            "tidegate_attempt_duration_seconds", "From a call's start to its head or failure."),
        all.counters("tidegate_breaker_transitions", "Changes of a breaker's state."),
        all.gauges("tidegate_breaker_state", "0 closed, 1 half-open, 2 open, 3 isolated."),
        all.levels("tidegate_pool_in_use", "Connections with a request on them."),
        all.levels("tidegate_pool_waiting", "Requests waiting for a connection."),
        all.levels("tidegate_pool_limit", "Connections allowed."),
        all.gauges("tidegate_pool_open", "Open connections, idle ones included."),
        all.gauges("tidegate_concurrency_in_flight", "Calls that the concurrency limit counts."),
        all.gauges("tidegate_concurrency_waiting", "Calls waiting for others to end."),
        all.gauges("tidegate_concurrency_limit", "Calls allowed at once."),
        all.gauges("tidegate_extra_attempts_in_flight", "Retries and hedges under way."),
        all.gauges("tidegate_endpoint_healthy", "1 when an endpoint may be chosen."));
  }

  static CacheRouteCounts.CacheRouteFamilies cacheRoute(Families all) {
    return new CacheRouteCounts.CacheRouteFamilies(
        all.counters("tidegate_cache_hits", "Answers from the store, by tier and ground of use."),
        all.counters("tidegate_cache_misses", "Requests that the store did not answer, by why."),
        all.counters("tidegate_cache_coalesced", "Requests answered by another one's call."),
        all.timings(
            "tidegate_cache_load_seconds", "From a call to the answer's last byte stored."));
  }

  static LongAdder blocked(Families all) {
    return all.counters("tidegate_event_loop_blocked", "Delays of an event loop of 200 ms or more.")
        .cell(Labels.EMPTY);
  }
}
