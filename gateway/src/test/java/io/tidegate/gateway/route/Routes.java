package io.tidegate.gateway.route;

import io.tidegate.gateway.resilience.Conditions;
import io.tidegate.gateway.resilience.TimeoutOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Routes for tests: only what is matched on differs. */
final class Routes {
  private Routes() {}

  static MatchOptions path(String path) {
    return new MatchOptions(List.of(), path, Set.of(), Map.of(), Map.of());
  }

  static MatchOptions hosts(MatchOptions match, String... hosts) {
    return new MatchOptions(
        List.of(hosts), match.path(), match.methods(), match.headers(), match.query());
  }

  static MatchOptions methods(MatchOptions match, String... methods) {
    return new MatchOptions(
        match.hosts(), match.path(), Set.of(methods), match.headers(), match.query());
  }

  static MatchOptions header(MatchOptions match, String name, String value) {
    return new MatchOptions(
        match.hosts(), match.path(), match.methods(), Map.of(name, value), match.query());
  }

  static MatchOptions query(MatchOptions match, String name, String value) {
    return new MatchOptions(
        match.hosts(), match.path(), match.methods(), match.headers(), Map.of(name, value));
  }

  static RouteOptions route(String id, MatchOptions match) {
    return new RouteOptions(
        id,
        match,
        new Target.ToUpstream("any"),
        Optional.empty(),
        RewriteOptions.NONE,
        HeaderEdits.NONE,
        HeaderEdits.NONE,
        OptionalLong.empty(),
        TimeoutOptions.DEFAULTS,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        new Conditions(Set.of(), Set.of()),
        Optional.empty(),
        Optional.empty(),
        RouteOptions.Priority.NORMAL,
        Optional.empty(),
        Optional.empty());
  }

  /** A table whose payloads and ids are the routes' places, {@code 0} first. */
  static RouteTable<Integer> table(MatchOptions... matches) {
    return RouteTable.build(
        Stream.iterate(0, i -> i < matches.length, i -> i + 1)
            .map(i -> new RouteTable.Entry<>(route(i.toString(), matches[i]), i))
            .toList());
  }
}
