package io.tidegate.worker.api;

import java.util.List;

/**
 * Whether a node's jobs get on.
 *
 * @param troubles for people, each beginning with a word for machines: {@code stalled}, {@code
 *     store}, {@code disk}, {@code stopping}; empty: all is well
 */
public record JobsHealth(List<String> troubles) {
  public static final JobsHealth WELL = new JobsHealth(List.of());

  public JobsHealth {
    troubles = List.copyOf(troubles);
  }

  public boolean well() {
    return troubles.isEmpty();
  }
}
