/**
 * What is remembered: stored responses, their freshness and who may see them (RFC 9111).
 *
 * <p>The room owns storage and never calls an upstream; the gateway asks it over the event bus.
 */
package io.tidegate.cache;
