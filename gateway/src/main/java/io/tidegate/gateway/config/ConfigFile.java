package io.tidegate.gateway.config;

import io.tidegate.gateway.GatewayOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the configuration. Blocks on the disk: not for event loops. */
public final class ConfigFile {
  /** Largest file, in bytes: 4 MiB. */
  static final int MAX_BYTES = 4 * 1024 * 1024;

  private ConfigFile() {}

  /**
   * Reads, interpolates and validates a file. Never throws: what is wrong with the file, its not
   * being there included, is in the report.
   *
   * @param environment where <code>${NAME}</code> is looked up, as a rule {@link System#getenv()}
   */
  public static ConfigReport read(Path file, Map<String, String> environment) {
    String name = file.toString();
    try {
      if (!Files.isRegularFile(file)) {
        return refused(name, Files.exists(file) ? "is not a file" : "there is no such file");
      }
      if (Files.size(file) > MAX_BYTES) {
        return refused(name, "found " + Files.size(file) + " bytes, expected at most 4MiB");
      }
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
              .toString();
      Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of(""));
      return parse(name, text, environment, folder);
    } catch (CharacterCodingException e) {
      return refused(name, "is not UTF-8 text");
    } catch (IOException | SecurityException e) {
      return refused(name, "cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private static ConfigReport refused(String name, String message) {
    Problem problem = new Problem(Severity.ERROR, name, 1, 1, "", message);
    return new ConfigReport(Optional.empty(), List.of(problem));
  }

  /**
   * The same for text that is at hand.
   *
   * @param name stands before every problem
   * @param baseDir where relative paths in the file start
   */
  public static ConfigReport parse(
      String name, String text, Map<String, String> environment, Path baseDir) {
    if (text.length() > MAX_BYTES) {
      return refused(name, "found more than 4MiB, expected at most that");
    }
    Problems problems = new Problems(name);
    Reading reading = new Reading(problems, new Interpolation(environment, baseDir), baseDir);
    Lints lints = new Lints(problems, Runtime.getRuntime().maxMemory());
    Optional<GatewayOptions> options =
        YamlTree.parse(name, text, problems)
            .map(root -> FileKeys.FILE.read(root, "", reading))
            .filter(Fields.class::isInstance)
            .flatMap(file -> new Assembly((Fields) file, problems, lints).options(version(text)));
    return new ConfigReport(options, problems.inOrder());
  }

  private static String version(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
