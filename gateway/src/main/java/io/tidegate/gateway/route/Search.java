package io.tidegate.gateway.route;

import io.vertx.core.MultiMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * One request on its way through the tables; remembers which methods would have been allowed in
 * case no route takes it.
 */
final class Search {
  final String path;
  private final String method;
  private final MultiMap headers;
  private final String query;
  private Set<String> allow = Set.of();

  Search(String path, String method, MultiMap headers, String query) {
    this.path = path;
    this.method = method;
    this.headers = headers;
    this.query = query;
  }

  /** The first in the list that takes the request, or null: the search goes on. */
  <T> Candidate<T> pick(Candidate<T> first) {
    for (Candidate<T> candidate = first; candidate != null; candidate = candidate.next()) {
      Requirements requirements = candidate.requirements();
      if (requirements.areMetBy(headers, query)) {
        if (requirements.takes(method)) {
          return candidate;
        }
        allow(requirements.methods());
      }
    }
    return null;
  }

  Set<String> allowed() {
    return allow;
  }

  private void allow(Set<String> methods) {
    if (allow.isEmpty()) {
      allow = new TreeSet<>();
    }
    allow.addAll(methods);
  }
}
