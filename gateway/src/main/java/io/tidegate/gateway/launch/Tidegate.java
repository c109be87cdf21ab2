package io.tidegate.gateway.launch;

import io.tidegate.gateway.config.ConfigReport;
import java.nio.file.Path;
import java.util.Optional;

/** The program. */
public final class Tidegate {
  private Tidegate() {}

  /** Runs a command; the process exits with 0: fine, 1: the answer is no, 2: wrong usage. */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[arguments.length - 1]);
    int code = run(new ConfigSource(Optional.of(file), System.getenv()));
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Starts a gateway that runs until the process is told to stop; 0 when it serves. */
  static int run(ConfigSource source) {
    ConfigReport report = source.read();
    report.problems().forEach(System.err::println);
    if (report.options().isEmpty()) {
      return 1;
    }
    try {
      RunningGateway gateway = RunningGateway.start(report.options().get(), source);
      Runtime.getRuntime().addShutdownHook(new Thread(gateway::stop, "tidegate-stop"));
      Signals.onHangUp(() -> gateway.reloader().reload("SIGHUP"));
      return 0;
    } catch (Exception e) {
      System.err.println("tidegate: cannot start: " + e.getMessage());
      return 1;
    }
  }
}
