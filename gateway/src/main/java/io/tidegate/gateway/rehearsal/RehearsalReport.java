package io.tidegate.gateway.rehearsal;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a rehearsal found.
 *
 * @param figures by route, then in the order of the scenarios
 * @param missed a line for each expectation that does not hold
 */
public record RehearsalReport(List<Figures> figures, List<String> missed) {
  private static final List<String> HEAD =
      List.of(
          "scenario",
          "sent",
          "success",
          "p50",
          "p99",
          "worst",
          "attempts/request",
          "fails fast after",
          "recovers after",
          "duplicates",
          "unanswered");

  public RehearsalReport {
    figures = List.copyOf(figures);
    missed = List.copyOf(missed);
  }

  static RehearsalReport of(List<Figures> found, List<Expectation> expectations) {
    var figures =
        found.stream()
            .sorted(
                Comparator.comparing(Figures::route).thenComparing(one -> position(one.scenario())))
            .toList();
    var missed = new ArrayList<String>();
    for (Figures one : figures) {
      for (Expectation expectation : expectations) {
        if (expectation.concerns(one) && !expectation.holds(one)) {
          missed.add(one.route() + ", " + one.scenario() + ": not " + expectation.text());
        }
      }
    }
    return new RehearsalReport(figures, missed);
  }

  private static int position(String scenario) {
    return Scenario.ALL.stream().map(Scenario::name).toList().indexOf(scenario);
  }

  /** Whether everything that was expected holds. */
  public boolean passed() {
    return missed.isEmpty();
  }

  /** One object for machines: times in milliseconds, shares of 1, absent where there is none. */
  public JsonObject toJson() {
    var all = new JsonArray();
    figures.forEach(one -> all.add(toJson(one)));
    return new JsonObject()
        .put("passed", passed())
        .put("missed", new JsonArray(missed))
        .put("figures", all);
  }

  private static JsonObject toJson(Figures one) {
    var json =
        new JsonObject()
            .put("route", one.route())
            .put("scenario", one.scenario())
            .put("sent", one.sent())
            .put("success", one.success())
            .put("unanswered", one.unanswered())
            .put("p50-ms", millis(one.p50()))
            .put("p99-ms", millis(one.p99()))
            .put("worst-ms", millis(one.worst()))
            .put("amplification", one.amplification())
            .put("duplicates", one.duplicates());
    one.failsFast().ifPresent(time -> json.put("fails-fast-ms", millis(time)));
    one.recovers().ifPresent(time -> json.put("recovers-ms", millis(time)));
    return json;
  }

  private static double millis(Duration duration) {
    return Math.round(duration.toNanos() / 1e4) / 100.0;
  }

  /** A table for each route, ended by what was missed. */
  public String toTable() {
    var text = new StringBuilder();
    var routes = figures.stream().map(Figures::route).distinct().toList();
    for (String route : routes) {
      text.append("route ").append(route).append('\n');
      var rows = new ArrayList<List<String>>(List.of(HEAD));
      figures.stream().filter(one -> one.route().equals(route)).map(this::row).forEach(rows::add);
      align(rows, text);
      text.append('\n');
    }
    missed.forEach(line -> text.append("missed: ").append(line).append('\n'));
    return text.toString();
  }

  private List<String> row(Figures one) {
    return List.of(
        one.scenario(),
        Long.toString(one.sent()),
        String.format(Locale.ROOT, "%.1f%%", one.success() * 100),
        shown(one.p50()),
        shown(one.p99()),
        (one.unanswered() > 0 ? ">" : "") + shown(one.worst()),
        String.format(Locale.ROOT, "%.2f", one.amplification()),
        shown(one.failsFast()),
        shown(one.recovers()),
        Long.toString(one.duplicates()),
        Long.toString(one.unanswered()));
  }

  private static String shown(Optional<Duration> duration) {
    return duration.map(RehearsalReport::shown).orElse("-");
  }

  private static String shown(Duration duration) {
    double ms = duration.toNanos() / 1e6;
    return ms < 10
        ? String.format(Locale.ROOT, "%.1f ms", ms)
        : String.format(Locale.ROOT, "%.0f ms", ms);
  }

  /** Names to the left, numbers to the right. */
  private static void align(List<List<String>> rows, StringBuilder text) {
    int columns = rows.get(0).size();
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        int column = i;
        int width = rows.stream().mapToInt(cells -> cells.get(column).length()).max().orElse(0);
        String cell = row.get(i);
        String gap = " ".repeat(width - cell.length());
        text.append(i == 0 ? "  " + cell + gap : "  " + gap + cell);
      }
      text.append('\n');
    }
  }
}
