package io.tidegate.gateway.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this machine has to measure with. */
final class Tools {
  private final int cores = Runtime.getRuntime().availableProcessors();
  private final Optional<String> taskset = find("taskset");

  /** Full path of a program, also where only the administrator's PATH would find it. */
  static Optional<String> find(String program) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin";
    for (String folder : path.split(":")) {
      Path file = Path.of(folder, program);
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return Optional.of(file.toString());
      }
    }
    return Optional.empty();
  }

  /** The command for the core of the contestants. */
  List<String> measured(List<String> command) {
    return pinned(0, command);
  }

  /** The command for the core of the origin and the load. */
  List<String> beside(List<String> command) {
    return pinned(cores - 1, command);
  }

  private List<String> pinned(int core, List<String> command) {
    if (taskset.isEmpty()) {
      return command;
    }
    List<String> all = new ArrayList<>(List.of(taskset.get(), "-c", Integer.toString(core)));
    all.addAll(command);
    return all;
  }

  /** The Java that runs this, with the class path of the benchmarks. */
  static List<String> java(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(javaProgram());
    command.addAll(options);
    // The child has a folder of its own: what is relative to ours would not be found from there.
    String classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .collect(Collectors.joining(File.pathSeparator));
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static String javaProgram() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Says what is missing and what that means for the numbers. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (taskset.isEmpty()) {
      warnings.add("taskset is missing: nothing is pinned, contestants may use several cores");
    }
    if (cores < 2) {
      warnings.add("only one core: contestants share it with the origin and the load");
    }
    if (find("wrk").isEmpty()) {
      warnings.add("wrk is missing: load comes from a Java client, latencies are less exact");
    }
    if (find("nginx").isEmpty()) {
      warnings.add("nginx is missing: it is left out");
    }
    return warnings;
  }
}
