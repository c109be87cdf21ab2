package io.tidegate.gateway.route;

import io.vertx.core.MultiMap;
import java.util.Comparator;

/**
 * A compiled route as it hangs in the tables.
 *
 * @param order its place in the file
 * @param exact the answer for a pattern that takes one path only, made once; null for others
 */
record Candidate<T>(
    RouteTable.Entry<T> entry,
    PathPattern pattern,
    Requirements requirements,
    int order,
    Match.Found<T> exact) {
  /**
   * Among routes whose host and path are equally specific: more conditions first, then the file.
   */
  static final Comparator<Candidate<?>> SPECIFIC_FIRST =
      Comparator.<Candidate<?>>comparingInt(c -> -c.requirements().count())
          .thenComparingInt(Candidate::order);

  static <T> Candidate<T> of(RouteTable.Entry<T> entry, int order) {
    MatchOptions match = entry.options().match();
    PathPattern pattern = PathPattern.parse(match.path());
    Match.Found<T> exact =
        pattern.kind() == PathPattern.Kind.EXACT
            ? new Match.Found<>(entry.payload(), entry.options(), pattern, pattern.toString())
            : null;
    return new Candidate<>(entry, pattern, Requirements.of(match), order, exact);
  }

  boolean accepts(String method, MultiMap headers, String query) {
    return requirements.takes(method) && requirements.areMetBy(headers, query);
  }

  Match.Found<T> found(String path) {
    return exact != null
        ? exact
        : new Match.Found<>(entry.payload(), entry.options(), pattern, path);
  }
}
