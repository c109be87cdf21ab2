package io.tidegate.gateway.launch;

import io.tidegate.gateway.config.ConfigFile;
import io.tidegate.gateway.config.ConfigReport;
import java.nio.file.Path;

/** The program. */
public final class Tidegate {
  private Tidegate() {}

  /** Runs a command; the process exits with 0: fine, 1: the answer is no, 2: wrong usage. */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[arguments.length - 1]);
    ConfigReport report = ConfigFile.read(file, System.getenv());
    report.problems().forEach(System.err::println);
    if (report.options().isEmpty()) {
      System.exit(2);
    }
    RunningGateway.start(report.options().get()).toCompletionStage().toCompletableFuture().get();
  }
}
