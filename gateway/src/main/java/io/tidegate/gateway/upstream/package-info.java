/**
 * Careful calls to origin servers: endpoints, their health and balance, pools, and the call itself
 * up to the response's head.
 */
package io.tidegate.gateway.upstream;
