package io.tidegate.gateway.launch.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command reads and writes.
 *
 * @param out answers
 * @param err what went wrong, and progress
 * @param folder the working folder
 */
record Console(PrintStream out, PrintStream err, Map<String, String> environment, Path folder) {}
