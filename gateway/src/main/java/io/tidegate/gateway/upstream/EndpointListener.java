package io.tidegate.gateway.upstream;

import java.time.Duration;
import java.util.List;

/**
 * Told when something changes about an upstream's endpoints. Called on the thread that noticed (an
 * event loop or a resolver's worker), outside of locks; must not block or throw.
 */
public interface EndpointListener {
  /** For those who need not know. */
  EndpointListener NONE = new EndpointListener() {};

  /** Left out for a while because it kept failing. */
  default void ejected(String upstream, Endpoint endpoint, Duration howLong) {}

  /** The ejection is over: time passed or a health check did. */
  default void restored(String upstream, Endpoint endpoint) {}

  /** Active health checks changed their verdict. */
  default void healthChanged(String upstream, Endpoint endpoint, boolean healthy) {}

  /** DNS gave other addresses. */
  default void membershipChanged(String upstream, List<Endpoint> added, List<Endpoint> removed) {}
}
