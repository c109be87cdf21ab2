package io.tidegate.metrics.registry;

import io.tidegate.metrics.api.MetricsSnapshot.Traffic;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The last ten seconds of every route and upstream, from looks at their counters once a second.
 * Used by one event loop.
 */
public final class Recent {
  private static final int LOOKS = 11;

  private final Registry registry;
  private final Deque<Long> times = new ArrayDeque<>();
  private Map<String, Deque<Look>> routes = Map.of();
  private Map<String, Deque<Look>> upstreams = Map.of();

  /** Everything counted until then. */
  private record Look(long[] counts, long failed) {}

  /** What can be looked at. */
  interface Watched {
    String name();

    Timings durations();

    long failed();

    long inFlight();
  }

  public Recent(Registry registry) {
    this.registry = registry;
  }

  /** Looks once; to be called every second. */
  public void look() {
    times.addLast(System.nanoTime());
    if (times.size() > LOOKS) {
      times.removeFirst();
    }
    routes = look(registry.routes(), routes);
    upstreams = look(registry.upstreams(), upstreams);
  }

  private static Map<String, Deque<Look>> look(
      Collection<? extends Watched> all, Map<String, Deque<Look>> before) {
    Map<String, Deque<Look>> after = new HashMap<>();
    for (Watched one : all) {
      Deque<Look> looks = before.getOrDefault(one.name(), new ArrayDeque<>());
      Look now = new Look(one.durations().counts(), one.failed());
      Look last = looks.peekLast();
      // Most are idle most of the time: what is equal is kept once.
      looks.addLast(last != null && Arrays.equals(last.counts, now.counts) ? last : now);
      if (looks.size() > LOOKS) {
        looks.removeFirst();
      }
      after.put(one.name(), looks);
    }
    return after;
  }

  /** The time that {@link #routes} and {@link #upstreams} are about. */
  public double seconds() {
    return times.isEmpty() ? 0 : (times.getLast() - times.getFirst()) / 1e9;
  }

  public List<Traffic> routes() {
    return traffic(registry.routes(), routes);
  }

  public List<Traffic> upstreams() {
    return traffic(registry.upstreams(), upstreams);
  }

  private List<Traffic> traffic(Collection<? extends Watched> all, Map<String, Deque<Look>> looks) {
    return all.stream()
        .filter(one -> looks.containsKey(one.name()))
        .map(one -> traffic(one, looks.get(one.name())))
        .toList();
  }

  private Traffic traffic(Watched one, Deque<Look> looks) {
    long[] counts = looks.getLast().counts.clone();
    long failed = looks.getLast().failed;
    if (looks.size() == times.size()) { // Otherwise it is newer than the window: all is recent.
      long[] first = looks.getFirst().counts;
      Arrays.setAll(counts, i -> counts[i] - first[i]);
      failed -= looks.getFirst().failed;
    }
    double seconds = Math.max(1, seconds());
    Bounds bounds = one.durations().bounds();
    return new Traffic(
        one.name(),
        Arrays.stream(counts).sum() / seconds,
        failed / seconds,
        one.inFlight(),
        bounds.percentile(counts, 0.50) / 1e6,
        bounds.percentile(counts, 0.95) / 1e6,
        bounds.percentile(counts, 0.99) / 1e6);
  }
}
