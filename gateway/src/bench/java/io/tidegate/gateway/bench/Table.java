package io.tidegate.gateway.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured, by contestant; prints the medians of its rounds. */
final class Table {
  static final String BARE = "bare vert.x";

  private record Round(double cpuMicros, double perSecond, double p50, double p99) {}

  private static final class Row {
    private final List<Round> rounds = new ArrayList<>();
    private Duration start = Duration.ZERO;
    private long idleMiB;
    private long loadedMiB;
    private boolean wrong;
  }

  private final Map<String, Row> rows = new LinkedHashMap<>();

  /** To be called before the contestant's first request. */
  void idle(Contestant contestant) throws IOException {
    Row row = row(contestant);
    row.start = contestant.startTime();
    row.idleMiB = contestant.residentMiB();
  }

  void add(Contestant contestant, Duration cpu, Load.Result result) throws IOException {
    Row row = row(contestant);
    double micros = cpu.toNanos() / 1e3 / Math.max(1, result.requests());
    row.rounds.add(new Round(micros, result.perSecond(), result.p50Micros(), result.p99Micros()));
    row.loadedMiB = Math.max(row.loadedMiB, contestant.residentMiB());
    row.wrong |= result.wrong();
    System.out.printf("  %-14s %6.1f us %8.0f/s%n", contestant.name(), micros, result.perSecond());
  }

  private Row row(Contestant contestant) {
    return rows.computeIfAbsent(contestant.name(), name -> new Row());
  }

  void print(PrintStream out) {
    double bare = median(rows.get(BARE), Round::cpuMicros);
    out.printf(
        "%n%-14s %14s %6s %8s %8s %8s %9s %9s %9s%n",
        "",
        "CPU us/request",
        "x bare",
        "req/s",
        "p50 us",
        "p99 us",
        "start ms",
        "idle MiB",
        "load MiB");
    rows.forEach(
        (name, row) -> {
          double cpu = median(row, Round::cpuMicros);
          out.printf(
              "%-14s %14.1f %6.2f %8.0f %8.0f %8.0f %9d %9d %9d%s%n",
              name,
              cpu,
              cpu / bare,
              median(row, Round::perSecond),
              median(row, Round::p50),
              median(row, Round::p99),
              row.start.toMillis(),
              row.idleMiB,
              row.loadedMiB,
              row.wrong ? "  ! some requests failed" : "");
        });
  }

  private static double median(Row row, ToDoubleFunction<Round> value) {
    double[] sorted = row.rounds.stream().mapToDouble(value).sorted().toArray();
    return sorted.length == 0
        ? 0
        : (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
