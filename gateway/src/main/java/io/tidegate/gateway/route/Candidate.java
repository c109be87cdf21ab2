package io.tidegate.gateway.route;

import io.vertx.core.MultiMap;

/**
 * A compiled route as it hangs at one place in the tables, linked to the next best at that place.
 */
final class Candidate<T> {
  private final RouteTable.Entry<T> entry;
  private final PathPattern pattern;
  private final Requirements requirements;
  private final int order;
  private final Match.Found<T> exact; // of a pattern that takes one path only; null for others
  private Candidate<T> next;

  /**
   * @param order the route's place in the file
   */
  Candidate(RouteTable.Entry<T> entry, PathPattern pattern, Requirements requirements, int order) {
    this.entry = entry;
    this.pattern = pattern;
    this.requirements = requirements;
    this.order = order;
    this.exact =
        pattern.kind() == PathPattern.Kind.EXACT
            ? new Match.Found<>(entry.payload(), entry.options(), pattern, pattern.toString())
            : null;
  }

  /** The same for another place. */
  Candidate<T> copy() {
    return new Candidate<>(entry, pattern, requirements, order);
  }

  RouteOptions options() {
    return entry.options();
  }

  PathPattern pattern() {
    return pattern;
  }

  Requirements requirements() {
    return requirements;
  }

  int order() {
    return order;
  }

  /** The next best at the same place, or null. */
  Candidate<T> next() {
    return next;
  }

  boolean accepts(String method, MultiMap headers, String query) {
    return requirements.takes(method) && requirements.areMetBy(headers, query);
  }

  Match.Found<T> found(String path) {
    return exact != null
        ? exact
        : new Match.Found<>(entry.payload(), entry.options(), pattern, path);
  }

  /** Links {@code added} into the list from {@code first} on, which may be null; the new first. */
  static <T> Candidate<T> link(Candidate<T> first, Candidate<T> added) {
    if (first == null || added.isBefore(first)) {
      added.next = first;
      return added;
    }
    Candidate<T> before = first;
    while (before.next != null && !added.isBefore(before.next)) {
      before = before.next;
    }
    added.next = before.next;
    before.next = added;
    return first;
  }

  /**
   * Among routes whose host and path are equally specific: more conditions first, then the file.
   */
  private boolean isBefore(Candidate<T> other) {
    int more = requirements.count() - other.requirements.count();
    return more > 0 || more == 0 && order < other.order;
  }
}
