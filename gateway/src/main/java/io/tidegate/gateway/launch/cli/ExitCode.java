package io.tidegate.gateway.launch.cli;

/** How a command ends. */
final class ExitCode {
  static final int FINE = 0;
  static final int NO = 1;
  static final int WRONG_USAGE = 2;

  private ExitCode() {}
}
