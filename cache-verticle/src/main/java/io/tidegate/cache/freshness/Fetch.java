package io.tidegate.cache.freshness;

import io.vertx.core.MultiMap;

/**
 * An exchange with the origin, as the rules see it.
 *
 * @param method of the request
 * @param request its fields, as they were sent by the client
 * @param status of the final response
 * @param response its fields, as they came
 * @param requestMillis when the request was sent, since the epoch (RFC 9111 §4.2.3)
 * @param responseMillis when the head of the response came in, since the epoch
 */
public record Fetch(
    String method,
    MultiMap request,
    int status,
    MultiMap response,
    long requestMillis,
    long responseMillis) {}
