/** Which route a request takes: pure matching over a normalised path, no I/O. */
package io.tidegate.gateway.route;
