/**
 * What makes a call more careful: retry, breaker, deadline, budget, limits. Knows no HTTP and no
 * bus; time and chance are arguments.
 */
package io.tidegate.gateway.resilience;
