package io.tidegate.gateway.rehearsal;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What one scenario did to one route.
 *
 * @param success share of the requests that succeeded as the client saw it, 0 to 1
 * @param p50 of all requests, whatever their end; likewise the next two
 * @param amplification requests that reached upstreams per request of the client
 * @param failsFast when ten answers in a row had come at once, good or bad, since the load began
 * @param recovers when ten requests in a row had succeeded, since the upstream was repaired; only
 *     in the scenario that repairs it
 * @param duplicates repetitions, at the upstreams, of requests that must not be repeated
 */
public record Figures(
    String route,
    String scenario,
    long sent,
    double success,
    long unanswered,
    Duration p50,
    Duration p99,
    Duration worst,
    double amplification,
    Optional<Duration> failsFast,
    Optional<Duration> recovers,
    long duplicates) {
  private static final int STEADY = 10;
  private static final Duration AT_ONCE = Duration.ofMillis(100);

  static Figures of(
      String route, Scenario scenario, List<Outcome> outcomes, Ledger ledger, Duration load) {
    var took = outcomes.stream().map(Outcome::took).sorted().toList();
    var inOrder = outcomes.stream().sorted(Comparator.comparing(Outcome::sent)).toList();
    long sent = outcomes.size();
    return new Figures(
        route,
        scenario.name(),
        sent,
        share(outcomes.stream().filter(Outcome::succeeded).count(), sent),
        outcomes.stream().filter(o -> o.end() == Outcome.End.UNANSWERED).count(),
        percentile(took, 0.50),
        percentile(took, 0.99),
        percentile(took, 1),
        share(ledger.attempts(), sent),
        steadyFrom(inOrder, Duration.ZERO, Figures::answeredAtOnce),
        recovers(scenario, inOrder, load),
        ledger.duplicates());
  }

  private static double share(long some, long all) {
    return all == 0 ? 0 : (double) some / all;
  }

  private static boolean answeredAtOnce(Outcome outcome) {
    return outcome.end() != Outcome.End.UNANSWERED && outcome.took().compareTo(AT_ONCE) <= 0;
  }

  private static Optional<Duration> recovers(
      Scenario scenario, List<Outcome> inOrder, Duration load) {
    return scenario.name().equals(Scenario.RECOVERY)
        ? steadyFrom(inOrder, Scenario.repairedAfter(load), Outcome::succeeded)
        : Optional.empty();
  }

  /** Nearest rank; {@code sorted} ascending. */
  private static Duration percentile(List<Duration> sorted, double rank) {
    if (sorted.isEmpty()) {
      return Duration.ZERO;
    }
    return sorted.get(Math.max(0, (int) Math.ceil(rank * sorted.size()) - 1));
  }

  /** When the first run of enough good ones began, counted from {@code from}. */
  private static Optional<Duration> steadyFrom(
      List<Outcome> inOrder, Duration from, Predicate<Outcome> good) {
    int run = 0;
    Duration begun = Duration.ZERO;
    for (Outcome outcome : inOrder) {
      if (outcome.sent().compareTo(from) < 0) {
        continue;
      }
      if (!good.test(outcome)) {
        run = 0;
      } else if (++run == 1) {
        begun = outcome.sent().minus(from);
      }
      if (run == STEADY) {
        return Optional.of(begun);
      }
    }
    return Optional.empty();
  }
}
