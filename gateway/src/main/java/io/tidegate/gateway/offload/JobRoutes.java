package io.tidegate.gateway.offload;

import io.tidegate.gateway.exchange.Exchange;
import java.util.Optional;

/** The routes in force, as jobs see them; on one event loop. */
public interface JobRoutes {
  /** The route of a job that waits; empty when it is gone. */
  Optional<JobRoute> named(String id);

  /** The route that would take a request; empty when there is none. */
  Optional<JobRoute> matching(Exchange.Head head);
}
