package io.tidegate.gateway.rehearsal;

import io.tidegate.gateway.GatewayOptions;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Starts gateways in this process, for {@link Rehearsal} to play faults against. */
public interface GatewayUnderTest {
  /** Starts a gateway of its own; several may run at once, each on free ports. */
  Future<Running> start(GatewayOptions options);

  /**
   * A gateway that serves.
   *
   * @param port where clients connect, plain HTTP on the loopback address
   * @param close stops it and gives back all it holds; called once
   */
  record Running(int port, Supplier<Future<?>> close) {}
}
