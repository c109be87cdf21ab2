package io.tidegate.gateway.exchange;

/** Something under way that gives its resources back at once when nobody wants its result. */
@FunctionalInterface
public interface Cancellable {
  /** Idempotent; on the exchange's event loop. */
  void cancel();
}
