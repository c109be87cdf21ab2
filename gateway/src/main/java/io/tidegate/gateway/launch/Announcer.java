package io.tidegate.gateway.launch;

import io.tidegate.gateway.resilience.Breaker;
import io.tidegate.gateway.upstream.Endpoint;
import io.tidegate.gateway.upstream.EndpointListener;
import io.tidegate.metrics.api.Events;
import io.tidegate.metrics.api.GatewayMeters;
import io.tidegate.metrics.api.OperationalEvent;
import io.tidegate.metrics.api.UpstreamMeters;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells meters and operators what happens to breakers and endpoints. Any thread. */
final class Announcer implements EndpointListener {
  private final GatewayMeters meters;
  private final Events events;
  private final Map<String, UpstreamMeters> upstreams = new ConcurrentHashMap<>();

  Announcer(GatewayMeters meters, Events events) {
    this.meters = meters;
    this.events = events;
  }

  private UpstreamMeters counted(String upstream) {
    return upstreams.computeIfAbsent(upstream, meters::upstream);
  }

  /** Forgets the upstreams that are gone. */
  void retain(Map<String, ?> current) {
    upstreams
        .entrySet()
        .removeIf(
            entry -> {
              // A breaker of one route is known as upstream/route.
              String upstream = entry.getKey().split("/", 2)[0];
              boolean gone = !current.containsKey(upstream);
              if (gone) {
                entry.getValue().release();
              }
              return gone;
            });
  }

  Breaker.Listener breaker(String upstream) {
    counted(upstream).breaker(UpstreamMeters.BreakerState.CLOSED);
    return (from, to, why) -> {
      counted(upstream).breaker(UpstreamMeters.BreakerState.valueOf(to.name()));
      events.publish(
          new OperationalEvent.BreakerChanged(upstream, name(from), name(to), name(why)));
    };
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void ejected(String upstream, Endpoint endpoint, Duration howLong) {
    counted(upstream).endpoint(endpoint.label(), false);
    events.publish(
        new OperationalEvent.EndpointEjected(upstream, endpoint.label(), howLong.toMillis()));
  }

  @Override
  public void restored(String upstream, Endpoint endpoint) {
    counted(upstream).endpoint(endpoint.label(), endpoint.usable());
    events.publish(new OperationalEvent.EndpointRestored(upstream, endpoint.label()));
  }

  @Override
  public void healthChanged(String upstream, Endpoint endpoint, boolean healthy) {
    counted(upstream).endpoint(endpoint.label(), endpoint.usable());
    events.publish(new OperationalEvent.HealthChanged(upstream, endpoint.label(), healthy));
  }

  @Override
  public void membershipChanged(String upstream, List<Endpoint> added, List<Endpoint> removed) {
    UpstreamMeters counted = counted(upstream);
    added.forEach(endpoint -> counted.endpoint(endpoint.label(), true));
    removed.forEach(endpoint -> counted.endpointGone(endpoint.label()));
    events.publish(new OperationalEvent.EndpointsChanged(upstream, labels(added), labels(removed)));
  }

  /** Shows the endpoints of a configuration that has come into force. */
  void show(String upstream, List<Endpoint> endpoints) {
    UpstreamMeters counted = counted(upstream);
    endpoints.forEach(endpoint -> counted.endpoint(endpoint.label(), endpoint.usable()));
  }

  private static List<String> labels(List<Endpoint> endpoints) {
    return endpoints.stream().map(Endpoint::label).toList();
  }
}
