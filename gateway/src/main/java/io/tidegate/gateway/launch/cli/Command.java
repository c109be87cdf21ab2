package io.tidegate.gateway.launch.cli;

import java.util.List;

/** One command. */
interface Command {
  /** The word that calls it. */
  String name();

  /** What {@code --help} prints: usage in the first line, then what it does. */
  String help();

  /**
   * Does it.
   *
   * @param arguments those after the command's name
   * @return the exit code
   * @throws WrongUsage when the arguments say nothing
   */
  int execute(List<String> arguments, Console console);
}
