package io.tidegate.worker.store;

import java.time.Duration;
import java.util.Set;

/**
 * Which jobs are wanted.
 *
 * @param most at most so many, at least 1
 * @param worker who wants them, new with each boot
 * @param lease how long before a renewal
 * @param except routes whose jobs are not wanted at the moment
 * @param suspects whether one job that is suspected of killing its runner may be among them; others
 *     of its kind stay where they are. Never more than one at a time is asked for per worker
 */
public record LeaseAsk(
    String queue, int most, String worker, Duration lease, Set<String> except, boolean suspects) {
  public LeaseAsk {
    except = Set.copyOf(except);
  }
}
