package io.tidegate.gateway.upstream;

import java.net.URI;

/**
 * One address of an upstream.
 *
 * @param url {@code http} or {@code https}, host, optional port; no path
 * @param weight relative share of traffic, 1 to 1000
 * @param zone free text; empty: none
 */
public record EndpointOptions(URI url, int weight, String zone) {}
