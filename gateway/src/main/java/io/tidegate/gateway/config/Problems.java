package io.tidegate.gateway.config;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with one file; the same thing said twice counts once. */
final class Problems {
  /** Beyond this many the list helps nobody, and a hostile file could fill the memory with it. */
  static final int MOST = 500;

  private final String file;
  private final Set<Problem> found = new LinkedHashSet<>();
  private int errors;

  Problems(String file) {
    this.file = file;
  }

  void error(Place place, String message) {
    add(Severity.ERROR, place, message);
  }

  void warning(Place place, String message) {
    add(Severity.WARNING, place, message);
  }

  private void add(Severity severity, Place place, String message) {
    if (severity == Severity.ERROR) {
      errors++;
    }
    if (found.size() < MOST) {
      found.add(new Problem(severity, file, place.line(), place.column(), place.path(), message));
    } else if (found.size() == MOST) {
      String text = "more than " + MOST + " problems; the rest is left out";
      found.add(new Problem(Severity.ERROR, file, place.line(), place.column(), "", text));
      errors++;
    }
  }

  /** Errors so far; compared with an earlier value, tells whether a step found any. */
  int errors() {
    return errors;
  }

  List<Problem> inOrder() {
    return found.stream()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }
}
