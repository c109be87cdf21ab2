package io.tidegate.gateway.launch;

import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.upstream.Endpoint;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.UpstreamMeters;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells log and meters what happens to breakers and endpoints. */
final class Announcer implements EndpointListener {
  private static final Logger LOG = LoggerFactory.getLogger("io.tidegate.events");

  private final GatewayMeters meters;

  Announcer(GatewayMeters meters) {
    this.meters = meters;
  }

  Breaker.Listener breaker(String upstream) {
    UpstreamMeters counted = meters.upstream(upstream);
    counted.breaker(UpstreamMeters.BreakerState.CLOSED);
    return (from, to, why) -> {
      counted.breaker(UpstreamMeters.BreakerState.valueOf(to.name()));
      LOG.atWarn()
          .addKeyValue("event", "breaker_changed")
          .addKeyValue("upstream", upstream)
          .addKeyValue("from", name(from))
          .addKeyValue("to", name(to))
          .addKeyValue("reason", name(why))
          .log("breaker of {} is {}", upstream, name(to));
    };
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void ejected(String upstream, Endpoint endpoint, Duration howLong) {
    meters.upstream(upstream).endpoint(endpoint.label(), false);
    LOG.atWarn()
        .addKeyValue("event", "endpoint_ejected")
        .addKeyValue("upstream", upstream)
        .addKeyValue("endpoint", endpoint.label())
        .addKeyValue("for_ms", howLong.toMillis())
        .log("{} left out of {} for {} ms", endpoint.label(), upstream, howLong.toMillis());
  }

  @Override
  public void restored(String upstream, Endpoint endpoint) {
    meters.upstream(upstream).endpoint(endpoint.label(), endpoint.usable());
    LOG.atInfo()
        .addKeyValue("event", "endpoint_restored")
        .addKeyValue("upstream", upstream)
        .addKeyValue("endpoint", endpoint.label())
        .log("{} of {} is back", endpoint.label(), upstream);
  }

  @Override
  public void healthChanged(String upstream, Endpoint endpoint, boolean healthy) {
    meters.upstream(upstream).endpoint(endpoint.label(), healthy && endpoint.usable());
    LOG.atWarn()
        .addKeyValue("event", "health_changed")
        .addKeyValue("upstream", upstream)
        .addKeyValue("endpoint", endpoint.label())
        .addKeyValue("healthy", healthy)
        .log("{} of {} is {}", endpoint.label(), upstream, healthy ? "healthy" : "unhealthy");
  }

  @Override
  public void membershipChanged(String upstream, List<Endpoint> added, List<Endpoint> removed) {
    UpstreamMeters counted = meters.upstream(upstream);
    added.forEach(endpoint -> counted.endpoint(endpoint.label(), true));
    removed.forEach(endpoint -> counted.endpointGone(endpoint.label()));
  }
}
