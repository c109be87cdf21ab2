/**
 * The cache itself: responses in memory within bounds, responses on their way in, who may fetch
 * one, and what was ordered to be forgotten. Obeys the rules, and decides nothing that RFC 9111
 * decides.
 */
package io.tidegate.cache.store;
