package io.tidegate.worker.api;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Which jobs. All conditions have to hold; an empty one always does.
 *
 * @param states any of them; none: any
 * @param since created not before
 * @param until created before
 * @param error type of its last error
 */
public record JobFilter(
    Optional<String> tenant,
    Optional<String> queue,
    Optional<String> route,
    Set<JobState> states,
    Optional<Instant> since,
    Optional<Instant> until,
    Optional<String> error) {
  public static final JobFilter ALL =
      new JobFilter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Set.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public JobFilter {
    states = Set.copyOf(states);
  }

  public JobFilter withTenant(String name) {
    return new JobFilter(Optional.of(name), queue, route, states, since, until, error);
  }

  public JobFilter withQueue(String name) {
    return new JobFilter(tenant, Optional.of(name), route, states, since, until, error);
  }

  public JobFilter withRoute(String name) {
    return new JobFilter(tenant, queue, Optional.of(name), states, since, until, error);
  }

  public JobFilter withStates(JobState... any) {
    return new JobFilter(tenant, queue, route, Set.of(any), since, until, error);
  }

  public JobFilter withSince(Instant time) {
    return new JobFilter(tenant, queue, route, states, Optional.of(time), until, error);
  }

  public JobFilter withUntil(Instant time) {
    return new JobFilter(tenant, queue, route, states, since, Optional.of(time), error);
  }

  public JobFilter withError(String type) {
    return new JobFilter(tenant, queue, route, states, since, until, Optional.of(type));
  }
}
