package io.tidegate.gateway.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables and files into scalars: <code>${NAME}</code>, <code>${NAME:default}
 * </code>, <code>${file:/path}</code>; <code>$${</code> stands for a literal <code>${</code>.
 */
final class Interpolation {
  private static final long LARGEST_FILE = 64 * 1024;
  private static final Pattern PART = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> environment;
  private final Path folder;

  Interpolation(Map<String, String> environment, Path folder) {
    this.environment = environment;
    this.folder = folder;
  }

  /**
   * A scalar's text after interpolation.
   *
   * @param sources the variables and files it came from, for messages that must not show the text;
   *     empty when nothing was interpolated
   */
  record Text(String value, String sources) {}

  /**
   * The text with everything put in.
   *
   * @throws Unfit when a part is malformed, not set or not readable
   */
  Text of(String text) {
    if (!text.contains("${")) {
      return new Text(text, "");
    }
    StringJoiner sources = new StringJoiner(", ");
    StringBuilder result = new StringBuilder();
    Matcher matcher = PART.matcher(text);
    while (matcher.find()) {
      String part = matcher.group(1);
      String value = part == null ? "${" : value(part, !matcher.group(2).isEmpty());
      if (part != null) {
        sources.add("${" + name(part) + "}");
      }
      matcher.appendReplacement(result, Matcher.quoteReplacement(value));
    }
    return new Text(matcher.appendTail(result).toString(), sources.toString());
  }

  /** What a message may show of a part: never its default, which may be a secret as well. */
  private static String name(String part) {
    int colon = part.indexOf(':');
    return part.startsWith("file:") || colon < 0 ? part : part.substring(0, colon);
  }

  private String value(String part, boolean closed) {
    if (!closed) {
      throw new Unfit("found ${ without }, expected ${NAME}, ${NAME:default} or ${file:/path}");
    }
    if (part.startsWith("file:")) {
      return file(part.substring("file:".length()));
    }
    String name = name(part);
    if (!NAME.matcher(name).matches()) {
      throw new Unfit(
          "found ${"
              + name
              + "}, expected ${NAME}, ${NAME:default} or ${file:/path}"
              + " ($${ stands for ${ itself)");
    }
    return Optional.ofNullable(environment.get(name))
        .or(
            () ->
                part.equals(name)
                    ? Optional.empty()
                    : Optional.of(part.substring(name.length() + 1)))
        .orElseThrow(
            () ->
                new Unfit(
                    "the environment variable "
                        + name
                        + " is not set and ${"
                        + name
                        + "} has no default; set it or write ${"
                        + name
                        + ":default}"));
  }

  private String file(String name) {
    try {
      Path path = folder.resolve(name);
      if (!Files.isRegularFile(path) || Files.size(path) > LARGEST_FILE) {
        throw new Unfit("${file:" + name + "} is not a file of at most 64KiB");
      }
      return Files.readString(path, StandardCharsets.UTF_8).strip();
    } catch (InvalidPathException | IOException e) {
      throw new Unfit("${file:" + name + "} cannot be read");
    }
  }
}
