package io.tidegate.gateway.route;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The routes of one host. */
final class PathTable<T> {
  private final Map<String, Candidate<T>> exact = new HashMap<>();
  private final SegmentNode<T> templates = new SegmentNode<>();
  private final SegmentNode<T> prefixes = new SegmentNode<>();
  private final Set<Integer> orders = new HashSet<>();

  void add(Candidate<T> candidate) {
    orders.add(candidate.order());
    switch (candidate.pattern().kind()) {
      case EXACT:
        exact.compute(
            candidate.pattern().toString(), (path, first) -> Candidate.link(first, candidate));
        break;
      case TEMPLATE:
        templates.add(candidate);
        break;
      case PREFIX:
        prefixes.add(candidate);
        break;
    }
  }

  /** The first of the routes with that very path, or null. */
  Candidate<T> exactly(String path) {
    return exact.get(path);
  }

  /** The best route of any kind, or null; {@code exact}: what {@link #exactly} gave. */
  Candidate<T> search(Search search, Candidate<T> exact) {
    Candidate<T> found = search.pick(exact);
    if (found == null) {
      found = templates.template(search, 1);
    }
    return found == null ? prefixes.prefix(search, 1) : found;
  }

  boolean isEmpty() {
    return orders.isEmpty();
  }

  /** Whether the route is here, be it as this or another copy. */
  boolean holds(Candidate<T> candidate) {
    return orders.contains(candidate.order());
  }
}
