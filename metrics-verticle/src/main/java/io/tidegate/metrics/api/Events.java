package io.tidegate.metrics.api;

/** Where events are said. */
@FunctionalInterface
public interface Events {
  /** For those whose events nobody hears. */
  Events NONE = event -> {};

  /** From any thread; neither waits nor throws. */
  void publish(OperationalEvent event);
}
