package io.tidegate.gateway.config;

import io.tidegate.gateway.GatewayOptions;
import java.util.List;
import java.util.Optional;

/**
 * What reading a file gave.
 *
 * @param options there exactly when no problem is an error
 * @param problems in the order of the file
 */
public record ConfigReport(Optional<GatewayOptions> options, List<Problem> problems) {
  public ConfigReport {
    problems = List.copyOf(problems);
    boolean refused = problems.stream().anyMatch(p -> p.severity() == Severity.ERROR);
    if (refused == options.isPresent()) {
      throw new IllegalArgumentException("options must be there exactly when nothing is wrong");
    }
  }

  /** Problems that refuse the file. */
  public List<Problem> errors() {
    return of(Severity.ERROR);
  }

  /** Problems that do not. */
  public List<Problem> warnings() {
    return of(Severity.WARNING);
  }

  private List<Problem> of(Severity severity) {
    return problems.stream().filter(p -> p.severity() == severity).toList();
  }
}
