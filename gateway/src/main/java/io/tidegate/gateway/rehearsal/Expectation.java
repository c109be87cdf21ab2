package io.tidegate.gateway.rehearsal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One condition of {@code --assert}, such as {@code success>=99%} or {@code healthy:p99<=500ms}.
 *
 * @param text as written
 * @param scenario the only one that it holds for; empty: all that are played
 * @param bound percentages as shares of 1, durations in milliseconds
 */
public record Expectation(
    String text, Optional<String> scenario, String measure, String comparison, double bound) {
  private static final Pattern SHAPE =
      Pattern.compile("(?:([a-z0-9-]+):)?([a-z0-9-]+)(<=|>=|<|>|=)(\\d+(?:\\.\\d+)?)(%|ms|s)?");

  /** A measure that is empty, such as a recovery that never came, counts as endless. */
  private static final Map<String, Measure> MEASURES =
      new TreeMap<>(
          Map.of(
              "success", new Measure("%", Figures::success),
              "p50", new Measure("ms", figures -> millis(figures.p50())),
              "p99", new Measure("ms", figures -> millis(figures.p99())),
              "worst", new Measure("ms", figures -> millis(figures.worst())),
              "amplification", new Measure("", Figures::amplification),
              "fails-fast", new Measure("ms", figures -> millis(figures.failsFast())),
              "recovers", new Measure("ms", figures -> millis(figures.recovers())),
              "duplicates", new Measure("", figures -> (double) figures.duplicates()),
              "unanswered", new Measure("", figures -> (double) figures.unanswered())));

  private record Measure(String unit, Function<Figures, Double> value) {}

  /**
   * Reads conditions that are separated by commas.
   *
   * @throws IllegalArgumentException with what was found and what was expected
   */
  public static List<Expectation> parse(String text) {
    var expectations = new ArrayList<Expectation>();
    for (String part : text.split(",")) {
      expectations.add(one(part.trim()));
    }
    return List.copyOf(expectations);
  }

  private static Expectation one(String text) {
    Matcher found = SHAPE.matcher(text);
    if (!found.matches()) {
      throw new IllegalArgumentException(
          "--assert: '" + text + "' (expected: such as success>=99% or healthy:p99<=500ms)");
    }
    var scenario = Optional.ofNullable(found.group(1));
    scenario.ifPresent(Expectation::requireScenario);
    String unit = found.group(5) == null ? "" : found.group(5);
    double bound = bound(text, found.group(2), Double.parseDouble(found.group(4)), unit);
    return new Expectation(text, scenario, found.group(2), found.group(3), bound);
  }

  private static void requireScenario(String name) {
    if (Scenario.ALL.stream().noneMatch(scenario -> scenario.name().equals(name))) {
      throw new IllegalArgumentException(
          "--assert: no scenario '" + name + "' (expected: one of " + Rehearsal.scenarios() + ")");
    }
  }

  private static double bound(String text, String measure, double number, String unit) {
    var known = MEASURES.get(measure);
    if (known == null) {
      throw new IllegalArgumentException(
          "--assert: '" + measure + "' (expected: one of " + MEASURES.keySet() + ")");
    }
    boolean time = known.unit.equals("ms");
    if (time ? !unit.endsWith("s") : !unit.equals(known.unit)) {
      String expected = time ? "ms or s" : known.unit.isEmpty() ? "no unit" : known.unit;
      throw new IllegalArgumentException(
          "--assert: '" + text + "' has unit '" + unit + "' (expected: " + expected + ")");
    }
    return switch (unit) {
      case "%" -> number / 100;
      case "s" -> number * 1_000;
      default -> number;
    };
  }

  /** Whether it says anything about these figures. */
  public boolean concerns(Figures figures) {
    boolean named = scenario.isEmpty() || scenario.get().equals(figures.scenario());
    boolean recovery = !measure.equals("recovers") || figures.scenario().equals(Scenario.RECOVERY);
    return named && recovery;
  }

  /** Whether the figures are as expected. */
  public boolean holds(Figures figures) {
    double found = MEASURES.get(measure).value.apply(figures);
    return switch (comparison) {
      case "<=" -> found <= bound;
      case ">=" -> found >= bound;
      case "<" -> found < bound;
      case ">" -> found > bound;
      default -> found == bound;
    };
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static double millis(Optional<Duration> duration) {
    return duration.map(Expectation::millis).orElse(Double.POSITIVE_INFINITY);
  }
}
