/**
 * The gateway: accepts requests, decides what protects each, calls upstreams and answers.
 *
 * <p>Rooms, in the order a request meets them: {@code edge}, {@code route}, {@code pipeline},
 * {@code resilience}, {@code upstream}; {@code exchange} is what they hand to each other.
 */
package io.tidegate.gateway;
