package io.tidegate.worker.run;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Routes of a queue that cannot be served at the moment. Their jobs wait, untouched and in order,
 * until it is worth trying one; each that gets an answer lets twice as many through, until the
 * usual number is reached. So an upstream that comes back is not run over.
 */
final class Paces {
  private static final class Pace {
    private long holdUntil;
    private int limit = 1;
    private int running;
  }

  private final Map<String, Pace> paces = new HashMap<>();
  private int usual;

  /**
   * @param usual how many run at once when all is well
   */
  Paces(int usual) {
    this.usual = usual;
  }

  /** From now on so many run at once when all is well. */
  void configure(int many) {
    usual = many;
  }

  boolean none() {
    return paces.isEmpty();
  }

  /** Whether a route's jobs wait for it to be tried. */
  boolean holds(String route) {
    return paces.containsKey(route);
  }

  /** All routes that are not let through without being asked for. */
  Set<String> routes() {
    return paces.isEmpty() ? Set.of() : new HashSet<>(paces.keySet());
  }

  /** A route of which a few may be tried now. */
  Optional<String> probing(long nanos) {
    for (Map.Entry<String, Pace> entry : paces.entrySet()) {
      if (room(entry.getValue(), nanos) > 0) {
        return Optional.of(entry.getKey());
      }
    }
    return Optional.empty();
  }

  /** How many of a route may be tried now. */
  int room(String route, long nanos) {
    Pace pace = paces.get(route);
    return pace == null ? usual : room(pace, nanos);
  }

  private static int room(Pace pace, long nanos) {
    return nanos - pace.holdUntil < 0 ? 0 : Math.max(0, pace.limit - pace.running);
  }

  void started(String route) {
    Pace pace = paces.get(route);
    if (pace != null) {
      pace.running++;
    }
  }

  /**
   * A run of a route was put off.
   *
   * @param until when to try the next one
   */
  void deferred(String route, long until) {
    Pace pace = paces.get(route);
    if (pace == null) {
      pace = new Pace();
      pace.holdUntil = until;
      paces.put(route, pace);
    }
    pace.running = Math.max(0, pace.running - 1);
    pace.limit = 1;
    pace.holdUntil = pace.holdUntil - until < 0 ? until : pace.holdUntil;
  }

  /** A run of a route ended in a way that says nothing of it. */
  void passed(String route) {
    Pace pace = paces.get(route);
    if (pace != null) {
      pace.running = Math.max(0, pace.running - 1);
    }
  }

  /**
   * A run of a route came to an end.
   *
   * @param answered whether somebody was there
   */
  void ended(String route, boolean answered) {
    Pace pace = paces.get(route);
    if (pace == null) {
      return;
    }
    pace.running = Math.max(0, pace.running - 1);
    pace.limit = answered ? pace.limit * 2 : 1;
    if (pace.limit >= usual && answered) {
      paces.remove(route);
    }
  }
}
