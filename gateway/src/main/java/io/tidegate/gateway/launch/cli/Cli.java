package io.tidegate.gateway.launch.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the command that the arguments name and lets it work. */
public final class Cli {
  private static final String HELP =
      """
      usage: tidegate [COMMAND] [ARGUMENT]...

      A resilience gateway for slow and flaky HTTP services.

        run [-c FILE]                   start the gateway (what happens without a command)
        check FILE                      validate a configuration
        explain FILE METHOD URL         show which route takes a request, and its policy
        rehearse FILE                   play faults against the policies of a configuration
        cache purge|stats               let a running node forget, or tell what it remembers
        jobs list|show|…                look after the jobs and queues of a running node

        COMMAND --help                  more about a command
        --version                       which Tidegate this is

      Exit codes: 0 fine, 1 the answer is no, 2 wrong usage, 74 the disk of the jobs failed.
      """;

  private final Program program;
  private final List<Command> commands;
  private final Console console;

  Cli(Program program, Console console) {
    this.program = program;
    this.console = console;
    this.commands =
        List.of(
            new RunCommand(program),
            new CheckCommand(),
            new ExplainCommand(),
            new RehearseCommand(program),
            new CacheCommand(),
            new JobsCommand());
  }

  /**
   * Does what the arguments say, on the calling thread.
   *
   * @param out answers
   * @param err what went wrong, and progress
   * @return the exit code: 0 fine, 1 the answer is no, 2 wrong usage
   */
  public static int main(
      String[] arguments,
      PrintStream out,
      PrintStream err,
      Map<String, String> environment,
      Program program) {
    Console console = new Console(out, err, environment, Path.of(""));
    return new Cli(program, console).execute(List.of(arguments));
  }

  int execute(List<String> arguments) {
    boolean named = !arguments.isEmpty() && !arguments.get(0).startsWith("-");
    String name = named ? arguments.get(0) : "run";
    Optional<Command> command =
        commands.stream().filter(each -> each.name().equals(name)).findFirst();
    List<String> options = arguments.stream().takeWhile(each -> !each.equals("--")).toList();
    if (options.contains("--version") || options.contains("-V")) {
      console.out().println("tidegate " + program.version());
      return ExitCode.FINE;
    }
    if (options.contains("--help") || options.contains("-h")) {
      console.out().print(named && command.isPresent() ? command.get().help() : HELP);
      return ExitCode.FINE;
    }
    if (command.isEmpty()) {
      return wrongUsage("unknown command " + name, HELP);
    }
    try {
      return command.get().execute(arguments.subList(named ? 1 : 0, arguments.size()), console);
    } catch (WrongUsage e) {
      return wrongUsage(e.getMessage(), command.get().help());
    }
  }

  private int wrongUsage(String message, String help) {
    console.err().println("tidegate: " + message);
    console.err().println(help.lines().findFirst().orElse("") + " (--help tells more)");
    return ExitCode.WRONG_USAGE;
  }
}
