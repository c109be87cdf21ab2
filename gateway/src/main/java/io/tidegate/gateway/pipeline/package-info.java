/**
 * A route's policies around its call, composed once when the configuration is loaded. Outermost
 * first: rate limit, shedding, fallback, hedge, retry, bulkhead, breaker, fault, call.
 */
package io.tidegate.gateway.pipeline;
