package io.tidegate.gateway.launch.cli;

import io.tidegate.gateway.GatewayOptions;
import io.tidegate.gateway.config.ConfigFile;
import io.tidegate.gateway.config.ConfigReport;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** A configuration file that is named on the command line. */
final class FileArgument {
  private FileArgument() {}

  static Path path(String name, Console console) {
    try {
      return console.folder().resolve(name);
    } catch (InvalidPathException e) {
      throw new WrongUsage("not a file name: " + name);
    }
  }

  static ConfigReport read(String name, Console console) {
    return ConfigFile.read(path(name, console), console.environment());
  }

  /** The file's options, or nothing after its errors were printed. */
  static Optional<GatewayOptions> options(String name, Console console) {
    ConfigReport report = read(name, console);
    report.errors().forEach(console.err()::println);
    return report.options();
  }
}
