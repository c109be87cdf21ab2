/**
 * One request on its way through the gateway: what came in, what will go out, and the one list of
 * what can go wrong. The other rooms hand these to each other.
 */
package io.tidegate.gateway.exchange;
