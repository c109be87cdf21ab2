package io.tidegate.gateway.launch;

import io.tidegate.gateway.config.ConfigFile;
import io.tidegate.gateway.config.ConfigReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the configuration comes from: a file, or the default inside the jar. Reading blocks.
 *
 * @param file empty: the default inside the jar
 */
public record ConfigSource(Optional<Path> file, Map<String, String> environment) {
  private static final String INSIDE = "conf/tidegate.yaml";

  /** Reads and validates it whole. */
  ConfigReport read() {
    if (file.isPresent()) {
      return ConfigFile.read(file.get(), environment);
    }
    try (InputStream in = ConfigSource.class.getClassLoader().getResourceAsStream(INSIDE)) {
      if (in == null) {
        throw new IllegalStateException("the jar holds no " + INSIDE);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return ConfigFile.parse(INSIDE, text, environment, Path.of(""));
    } catch (IOException e) {
      throw new IllegalStateException("the jar cannot be read", e);
    }
  }

  /** Changes when the file may have; 0 when there is none. */
  long stamp() {
    try {
      return file.isEmpty()
          ? 0
          : Files.getLastModifiedTime(file.get()).toMillis() * 31 + Files.size(file.get());
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public String toString() {
    return file.map(Path::toString).orElse("the default inside the jar");
  }
}
