package io.tidegate.metrics.api;

/** One counted series. From any thread, without waiting. */
public interface Counter {
  default void increment() {
    add(1);
  }

  void add(long amount);
}
