/**
 * Where clients arrive: the HTTP server, framing rules, limits, and the only code that writes a
 * response to a client.
 */
package io.tidegate.gateway.edge;
