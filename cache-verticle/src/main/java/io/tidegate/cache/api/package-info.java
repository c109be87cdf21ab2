/**
 * The contract of the cache: what others hand to it and get from it. Everything else of this module
 * is its own business.
 */
package io.tidegate.cache.api;
