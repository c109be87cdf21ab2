package io.tidegate.gateway.route;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The routes of one host. */
final class PathTable<T> {
  private final Map<String, List<Candidate<T>>> exact = new HashMap<>();
  private final SegmentNode<T> templates = new SegmentNode<>();
  private final SegmentNode<T> prefixes = new SegmentNode<>();
  private final Set<Candidate<T>> all = Collections.newSetFromMap(new IdentityHashMap<>());

  void add(Candidate<T> candidate) {
    all.add(candidate);
    switch (candidate.pattern().kind()) {
      case EXACT:
        List<Candidate<T>> same =
            exact.computeIfAbsent(candidate.pattern().toString(), path -> new ArrayList<>(1));
        same.add(candidate);
        same.sort(Candidate.SPECIFIC_FIRST);
        break;
      case TEMPLATE:
        templates.add(candidate);
        break;
      case PREFIX:
        prefixes.add(candidate);
        break;
    }
  }

  /** Routes with that very path, the most specific first. */
  List<Candidate<T>> exactly(String path) {
    return exact.getOrDefault(path, List.of());
  }

  /** The best route of any kind, or null; {@code exact}: what {@link #exactly} gave. */
  Candidate<T> search(Search search, List<Candidate<T>> exact) {
    Candidate<T> found = search.pick(exact);
    if (found == null) {
      found = templates.template(search, 1);
    }
    return found == null ? prefixes.prefix(search, 1) : found;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  boolean holds(Candidate<T> candidate) {
    return all.contains(candidate);
  }
}
