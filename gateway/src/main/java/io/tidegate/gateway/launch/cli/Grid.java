package io.tidegate.gateway.launch.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows under headings, each column as wide as it has to be. */
final class Grid {
  private final List<List<String>> rows = new ArrayList<>();

  Grid(String... headings) {
    rows.add(List.of(headings));
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  /** As many as there are headings; what is not there is shown as a dash. */
  void add(Object... values) {
    rows.add(
        java.util.Arrays.stream(values)
            .map(value -> value == null ? "-" : value.toString())
            .toList());
  }

  void print(PrintStream out) {
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    for (List<String> row : rows) {
      String line =
          IntStream.range(0, widths.length)
              .mapToObj(i -> row.get(i) + " ".repeat(widths[i] - row.get(i).length()))
              .collect(Collectors.joining("  "));
      out.println(line.stripTrailing());
    }
  }
}
