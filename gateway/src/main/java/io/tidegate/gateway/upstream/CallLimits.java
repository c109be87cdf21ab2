package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.AdaptiveLimit;
import io.tidegate.gateway.resilience.Bulkhead;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import java.util.Optional;

/**
 * How many calls an upstream takes at once, and what moves that limit. It outlives a reload that
 * leaves its options as they are: the calls under way go on counting, and what was learnt of the
 * latency is kept.
 */
final class CallLimits {
  private final ConcurrencyOptions options;
  private final Bulkhead bulkhead;
  private final Optional<AdaptiveLimit> adaptive;

  CallLimits(ConcurrencyOptions options) {
    this.options = options;
    this.bulkhead = Bulkhead.of(options);
    this.adaptive =
        options
            .adaptive()
            .map(
                bounds ->
                    new AdaptiveLimit(
                        bounds, options.limit(), bulkhead::setLimit, System::nanoTime));
  }

  boolean suit(ConcurrencyOptions wanted) {
    return options.equals(wanted);
  }

  Bulkhead bulkhead() {
    return bulkhead;
  }

  Optional<AdaptiveLimit> adaptive() {
    return adaptive;
  }
}
