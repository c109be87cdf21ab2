package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.config.ConfigReport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Validates a file and prints everything that is wrong with it. */
final class CheckCommand implements Command {
  @Override
  public String name() {
    return "check";
  }

  @Override
  public String help() {
    return """
        usage: tidegate check FILE

        Validates a configuration and prints every error and warning in it, each with
        file, line and column. Exit code 1 when there is an error; warnings do not count.
        """;
  }

  @Override
  public int execute(List<String> arguments, Console console) {
    String file = new Arguments(arguments, Map.of(), Set.of()).words("FILE").get(0);
    ConfigReport report = FileArgument.read(file, console);
    report.problems().forEach(console.out()::println);
    String found =
        Stream.of(
                count(report.errors().size(), "error"), count(report.warnings().size(), "warning"))
            .filter(text -> !text.startsWith("0 "))
            .collect(Collectors.joining(", "));
    if (report.options().isEmpty()) {
      console.out().println(file + ": " + found);
      return ExitCode.NO;
    }
    String size = size(report.options().get());
    console
        .out()
        .println(file + ": ok" + (found.isEmpty() ? "" : ", " + found) + " (" + size + ")");
    return ExitCode.FINE;
  }

  private static String size(GatewayOptions options) {
    return count(options.upstreams().size(), "upstream")
        + ", "
        + count(options.routes().size(), "route");
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
