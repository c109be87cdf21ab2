package io.tidegate.worker.api;

import io.vertx.core.Future;
import java.util.List;

/** Has jobs done by whoever serves their address. */
public interface Handlers {
  /**
   * Has jobs of one route done. Never fails: nobody at the address is a deferral, no answer in time
   * a failed attempt.
   *
   * @return an outcome for each, in their order
   */
  Future<List<Outcome>> perform(String address, List<Delivery> jobs);

  /** Tells whoever runs them to break off. */
  void abort(List<Lease> leases);
}
