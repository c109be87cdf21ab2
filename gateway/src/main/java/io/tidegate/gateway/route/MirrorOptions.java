package io.tidegate.gateway.route;

/** A copy of requests to a second upstream whose answers are dropped; {@code share}: 0 to 1. */
public record MirrorOptions(String upstream, double share) {}
