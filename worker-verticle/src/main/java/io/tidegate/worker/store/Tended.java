package io.tidegate.worker.store;

import io.tidegate.worker.api.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What time brought.
 *
 * @param promoted jobs that became ready (T2)
 * @param crashed jobs whose lease had expired (T8)
 * @param poisoned those of them that are dead now
 * @param expired jobs whose deadline had passed (T12)
 * @param forgotten jobs that were kept long enough (T14)
 * @param next when there will be more to do, as far as is known; in the past when there is more now
 */
public record Tended(
    int promoted,
    int crashed,
    List<JobId> poisoned,
    int expired,
    int forgotten,
    Optional<Instant> next) {
  public Tended {
    poisoned = List.copyOf(poisoned);
  }
}
