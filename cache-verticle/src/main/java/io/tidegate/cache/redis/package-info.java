/**
 * Responses that nodes share through Redis. An accelerator, never a point of failure: whatever
 * Redis does, or does not, is at worst a miss.
 */
package io.tidegate.cache.redis;
