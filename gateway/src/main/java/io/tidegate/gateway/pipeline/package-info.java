/**
 * A route's policies around its call, composed once when the configuration is loaded. Outermost
 * first: rate limit, fallback, cache, mirror, hedge, retry, bulkhead, breaker, fault, call. The
 * fallback stands around the cache: what it answers is never remembered, and each of those who
 * waited for a call that failed gets one of its own.
 */
package io.tidegate.gateway.pipeline;
