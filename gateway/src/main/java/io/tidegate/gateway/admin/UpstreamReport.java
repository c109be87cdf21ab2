package io.tidegate.gateway.admin;

import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.upstream.Endpoint;
import io.tidegate.gateway.upstream.Endpoints;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What {@code GET /upstreams} says of one upstream: {@code name}; {@code usable}, a number; {@code
 * panic} and {@code resolved}, whether so few are usable that all are asked, and whether any
 * address is known; {@code breaker} with {@code state} and {@code retry-after-ms}; {@code
 * endpoints}, each with {@code address}, {@code host}, {@code tls}, {@code weight}, {@code zone},
 * {@code state} ({@code up}, {@code ejected} or {@code unhealthy}), {@code in-flight}, {@code
 * failures} in a row, {@code ejected-ms} left, and {@code last-check}.
 */
public final class UpstreamReport {
  private UpstreamReport() {}

  /** To which the caller may add, say, {@code pool}. */
  public static JsonObject of(Endpoints endpoints, Breaker breaker) {
    long now = System.nanoTime();
    JsonArray each = new JsonArray();
    endpoints.all().forEach(endpoint -> each.add(of(endpoint, now)));
    return new JsonObject()
        .put("name", endpoints.upstream())
        .put("usable", endpoints.usable())
        .put("panic", endpoints.panic())
        .put("resolved", !endpoints.unresolved())
        .put(
            "breaker",
            new JsonObject()
                .put("state", breaker.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .put("retry-after-ms", breaker.retryAfterMillis()))
        .put("endpoints", each);
  }

  private static JsonObject of(Endpoint endpoint, long now) {
    String state = !endpoint.healthy() ? "unhealthy" : endpoint.ejected() ? "ejected" : "up";
    JsonObject json =
        new JsonObject()
            .put("address", endpoint.label())
            .put("host", endpoint.host())
            .put("tls", endpoint.tls())
            .put("weight", endpoint.weight())
            .put("zone", endpoint.zone())
            .put("state", state)
            .put("in-flight", endpoint.inFlight())
            .put("failures", endpoint.failuresInARow());
    endpoint.ejectedFor(now).ifPresent(left -> json.put("ejected-ms", left.toMillis()));
    return endpoint.lastCheck().isEmpty() ? json : json.put("last-check", endpoint.lastCheck());
  }
}
