package io.tidegate.gateway.rehearsal;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How faults are played.
 *
 * @param time for all scenarios together, 5 s to 1 h
 * @param rate requests per second on each route, 1 to 1000
 * @param lanes scenarios that are played at once, 1 to 16
 * @param scenarios names of those to play; empty: all
 * @param routes ids of those to play against; empty: all that call an upstream
 */
public record RehearsalOptions(
    Duration time,
    int rate,
    int lanes,
    Set<String> scenarios,
    Set<String> routes,
    List<Expectation> expectations) {
  public static final RehearsalOptions DEFAULTS =
      new RehearsalOptions(Duration.ofSeconds(60), 20, 5, Set.of(), Set.of(), List.of());

  public RehearsalOptions {
    scenarios = Set.copyOf(scenarios);
    routes = Set.copyOf(routes);
    expectations = List.copyOf(expectations);
    between("--time (seconds)", time.toSeconds(), 5, 3_600);
    between("--rate", rate, 1, 1_000);
    between("--lanes", lanes, 1, 16);
    for (String name : scenarios) {
      if (Scenario.ALL.stream().noneMatch(scenario -> scenario.name().equals(name))) {
        throw new IllegalArgumentException(
            "--scenario: '" + name + "' (expected: one of " + Rehearsal.scenarios() + ")");
      }
    }
  }

  private static void between(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  List<Scenario> chosen() {
    return Scenario.ALL.stream()
        .filter(scenario -> scenarios.isEmpty() || scenarios.contains(scenario.name()))
        .toList();
  }
}
