package io.tidegate.gateway.route;

import java.util.Optional;

/**
 * Why a route takes a request or does not.
 *
 * @param routeId the route's id
 * @param mismatch the first thing that does not fit: {@code host}, {@code path}, {@code method},
 *     {@code header X-Beta} or {@code query debug}; empty when all fits
 * @param chosen whether this route gets the request; one that fits and is not chosen gives way to a
 *     more specific one
 */
public record Explanation(String routeId, Optional<String> mismatch, boolean chosen) {}
