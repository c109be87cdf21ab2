package io.tidegate.gateway.resilience;

/**
 * How much extra load retries and hedges may put on an upstream.
 *
 * @param share extra calls allowed per call, 0 to 1 (0.2: one retry for every five requests)
 * @param minPerSecond extra calls per second that are allowed whatever the traffic
 */
public record BudgetOptions(double share, double minPerSecond) {
  public static final BudgetOptions DEFAULTS = new BudgetOptions(0.2, 3);
}
