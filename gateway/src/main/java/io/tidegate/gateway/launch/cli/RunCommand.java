package io.tidegate.gateway.launch.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Starts the gateway. */
final class RunCommand implements Command {
  private static final String DEFAULT = "conf/tidegate.yaml";

  private final Program program;

  RunCommand(Program program) {
    this.program = program;
  }

  @Override
  public String name() {
    return "run";
  }

  @Override
  public String help() {
    return """
        usage: tidegate [run] [-c FILE]

        Starts the gateway and runs until it is told to stop (SIGTERM, Ctrl-C).

          -c, --config FILE   the configuration; default: conf/tidegate.yaml of the
                              working folder, else the one inside the jar
        """;
  }

  @Override
  public int execute(List<String> arguments, Console console) {
    Map<String, String> valued = Map.of("-c", "--config", "--config", "--config");
    Arguments given = new Arguments(arguments, valued, Set.of());
    given.words();
    Optional<Path> file =
        given
            .one("--config")
            .map(name -> FileArgument.path(name, console))
            .or(() -> Optional.of(console.folder().resolve(DEFAULT)).filter(Files::exists));
    return program.run(new RunRequest(file));
  }
}
