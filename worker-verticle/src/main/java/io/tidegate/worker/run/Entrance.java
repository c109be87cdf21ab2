package io.tidegate.worker.run;

import io.tidegate.worker.api.JobId;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Places of queues that are held by runs without a job: calls that began at once and may become
 * jobs later. Confined to the engine's context.
 */
final class Entrance {
  /** A run ends by its own clock; this one is for those that nobody ends. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private record Place(Lane lane, long timer) {}

  private final Vertx vertx;
  private final Map<JobId, Place> places = new HashMap<>();

  Entrance(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A place was given. */
  void entered(JobId id, Lane lane) {
    long most = lane.options().timeout().plus(SLACK).toMillis();
    Place place = new Place(lane, vertx.setTimer(most, timer -> leave(id)));
    places.put(id, place);
  }

  /** A place is given back. */
  void leave(JobId id) {
    Place place = places.remove(id);
    if (place != null) {
      vertx.cancelTimer(place.timer);
      place.lane.left();
    }
  }

  /**
   * A place is that of a job now.
   *
   * @return whether there was one
   */
  boolean boarded(JobId id) {
    Place place = places.remove(id);
    return place != null && vertx.cancelTimer(place.timer);
  }
}
