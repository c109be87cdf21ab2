package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.rehearsal.RehearsalReport;

/** What the command line starts and does not do itself. */
public interface Program {
  /** Which Tidegate this is. */
  String version();

  /** Starts a gateway; the exit code, 0 when it serves. */
  int run(RunRequest request);

  /**
   * Plays faults against a file's policies, and waits for the end.
   *
   * @throws IllegalArgumentException when there is nothing to play against
   */
  RehearsalReport rehearse(RehearseRequest request);
}
