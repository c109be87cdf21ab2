package io.tidegate.gateway.upstream;

import io.tidegate.gateway.resilience.BreakerOptions;
import io.tidegate.gateway.resilience.ConcurrencyOptions;
import io.tidegate.gateway.resilience.OutlierOptions;
import java.util.List;
import java.util.Optional;

/**
 * A service and how it is called.
 *
 * @param http2 whether HTTP/2 is spoken to it (ALPN with TLS, prior knowledge without)
 */
public record UpstreamOptions(
    String name,
    List<EndpointOptions> endpoints,
    BalanceOptions balance,
    boolean http2,
    UpstreamTls tls,
    PoolOptions pool,
    Optional<HealthOptions> health,
    OutlierOptions outlier,
    BreakerOptions breaker,
    ConcurrencyOptions concurrency) {
  public UpstreamOptions {
    endpoints = List.copyOf(endpoints);
  }
}
