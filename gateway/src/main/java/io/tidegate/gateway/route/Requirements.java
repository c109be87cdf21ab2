package io.tidegate.gateway.route;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a route asks beyond host and path. Compiled once; asking allocates only where a query must
 * be decoded.
 *
 * @param methods empty: any; HEAD joins GET, since RFC 9110 §9.3.2 defines it by GET
 */
record Requirements(Set<String> methods, List<Named> headers, List<Named> query) {
  /** A name with its wanted value; null for any, to spare the hot path an unwrapping. */
  record Named(String name, String value) {
    boolean accepts(String actual) {
      return actual != null && (value == null || value.equals(actual));
    }
  }

  static Requirements of(MatchOptions match) {
    Set<String> methods = new TreeSet<>(match.methods());
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return new Requirements(Set.copyOf(methods), named(match.headers()), named(match.query()));
  }

  /** How many conditions there are; however many methods are listed, they are one. */
  int count() {
    return headers.size() + query.size() + (methods.isEmpty() ? 0 : 1);
  }

  boolean takes(String method) {
    return methods.isEmpty() || methods.contains(method);
  }

  boolean areMetBy(MultiMap actualHeaders, String actualQuery) {
    for (int i = 0; i < headers.size(); i++) {
      if (!isMet(headers.get(i), actualHeaders)) {
        return false;
      }
    }
    for (int i = 0; i < query.size(); i++) {
      Named wanted = query.get(i);
      if (!wanted.accepts(QueryText.first(actualQuery, wanted.name()))) {
        return false;
      }
    }
    return true;
  }

  /** The first condition that fails, as {@link Explanation} names it. */
  Optional<String> unmet(String method, MultiMap actualHeaders, String actualQuery) {
    if (!takes(method)) {
      return Optional.of("method");
    }
    Optional<String> header =
        headers.stream()
            .filter(wanted -> !isMet(wanted, actualHeaders))
            .map(wanted -> "header " + wanted.name())
            .findFirst();
    return header.or(
        () ->
            query.stream()
                .filter(wanted -> !wanted.accepts(QueryText.first(actualQuery, wanted.name())))
                .map(wanted -> "query " + wanted.name())
                .findFirst());
  }

  /** A field may come on several lines; one with the wanted value is enough. */
  private static boolean isMet(Named wanted, MultiMap actual) {
    return wanted.value() == null
        ? actual.contains(wanted.name())
        : actual.contains(wanted.name(), wanted.value(), false);
  }

  private static List<Named> named(Map<String, String> conditions) {
    return conditions.entrySet().stream()
        .sorted(Map.Entry.comparingByKey()) // so that explanations do not change between starts
        .map(e -> new Named(e.getKey(), e.getValue().equals("*") ? null : e.getValue()))
        .toList();
  }
}
