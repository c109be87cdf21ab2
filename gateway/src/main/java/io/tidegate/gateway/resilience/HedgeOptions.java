package io.tidegate.gateway.resilience;

import java.time.Duration;
import java.util.Optional;

/**
 * A second call when the first is slow.
 *
 * @param after how slow; empty: the live 95th percentile of the upstream
 * @param max extra calls at most
 */
public record HedgeOptions(Optional<Duration> after, int max) {}
