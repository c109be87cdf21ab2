package io.tidegate.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The scalars that every part of the file uses. */
final class Shapes {
  static final ScalarShape FLAG =
      new ScalarShape("true or false", type("boolean"), (scalar, in) -> flag(scalar));

  static final ScalarShape SHARE = share(0);

  /** Requests per time, whole. Content: {@link Units.Rate}. */
  static final ScalarShape RATE = rate();

  /** Events per second, with a fraction. Content: Double. */
  static final ScalarShape FREQUENCY = frequency();

  /** A file that must be there, relative to the configuration file's folder. Content: Path. */
  static final ScalarShape FILE =
      new ScalarShape("a readable file", type("string"), (scalar, in) -> file(scalar, in));

  /** Longer ones are no words, and regular expressions with groups recurse on them. */
  private static final int LONGEST_WORD = 4096;

  private Shapes() {}

  static JsonObject type(String name) {
    return new JsonObject().put("type", name);
  }

  private static JsonObject pattern(String regex) {
    return type("string").put("pattern", "^(" + regex + ")$");
  }

  private static Object flag(Scalar scalar) {
    String text = scalar.text().toLowerCase(Locale.ROOT);
    if (!scalar.is(Scalar.Kind.FLAG) || !(text.equals("true") || text.equals("false"))) {
      throw new Unfit("true or false");
    }
    return text.equals("true");
  }

  /** Content: Long. */
  static ScalarShape whole(long least, long most) {
    String expected = "a whole number from " + least + " to " + most;
    JsonObject schema = type("integer").put("minimum", least).put("maximum", most);
    return new ScalarShape(expected, schema, (scalar, in) -> whole(scalar, least, most, expected));
  }

  private static Object whole(Scalar scalar, long least, long most, String expected) {
    if (scalar.is(Scalar.Kind.NUMBER) && scalar.text().matches("[-+]?[0-9]{1,18}")) {
      long number = Long.parseLong(scalar.text());
      if (number >= least && number <= most) {
        return number;
      }
    }
    boolean quoted = scalar.kind() == Scalar.Kind.TEXT && scalar.text().matches("[0-9]+");
    throw new Unfit(expected + (quoted ? ", without quotes" : ""));
  }

  /** Content: Duration. */
  static ScalarShape duration(Duration least, Duration most) {
    String range = "from " + Units.write(least) + " to " + Units.write(most);
    return measure(
            "a duration",
            range,
            "such as 250ms, 2s, 5m or 1h",
            Units.DURATION,
            text ->
                Units.duration(text)
                    .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0)
                    .orElse(null))
        .writtenBy(value -> Units.write((Duration) value));
  }

  /** A time that something may take: from one millisecond to a day. */
  static ScalarShape time() {
    return duration(Duration.ofMillis(1), Duration.ofHours(24));
  }

  /** Content: Long, in bytes. */
  static ScalarShape size(long least, long most) {
    String range = "from " + Units.writeSize(least) + " to " + Units.writeSize(most);
    return measure(
            "a size",
            range,
            "such as 64KiB, 10MiB or 1GiB",
            Units.SIZE,
            text -> Units.size(text).filter(n -> n >= least && n <= most).orElse(null))
        .writtenBy(value -> Units.writeSize(((Number) value).longValue()));
  }

  /** Content: Double, 0 to 1. */
  static ScalarShape share(double above) {
    return measure(
            "a share",
            above > 0 ? "above 0% up to 100%" : "from 0% to 100%",
            "such as 20%",
            Units.SHARE,
            text -> Units.share(text).filter(s -> s >= above && s <= 1).orElse(null))
        .writtenBy(value -> Units.writeShare((Double) value));
  }

  private static ScalarShape rate() {
    return measure(
        "a rate",
        "of at least 1",
        "such as 100/s, 600/m or 5000/h",
        "[0-9]+/[smh]",
        text -> Units.rate(text).filter(r -> r.permits() > 0).orElse(null));
  }

  private static ScalarShape frequency() {
    return measure(
            "a rate",
            "up to 1000000/s",
            "such as 3/s or 30/m",
            Units.RATE,
            text -> Units.frequency(text).filter(f -> f <= 1e6).orElse(null))
        .writtenBy(value -> Units.writeFrequency((Double) value));
  }

  /** A number with a unit; {@code read} gives null for what does not fit. */
  private static ScalarShape measure(
      String noun, String range, String examples, String regex, Function<String, Object> read) {
    String ranged = noun + " " + range + ", " + examples;
    String united = noun + " with a unit, " + examples;
    return new ScalarShape(
        ranged,
        pattern(regex),
        (scalar, in) -> {
          Object value = scalar.kind() == Scalar.Kind.NUMBER ? null : read.apply(scalar.text());
          if (value == null) {
            throw new Unfit(scalar.text().matches("[-+]?[0-9.]+") ? united : ranged);
          }
          return value;
        });
  }

  /** Any text; numbers and flags are taken as they are written. */
  static ScalarShape text(String expected) {
    JsonArray types = new JsonArray().add("string").add("number").add("boolean");
    return new ScalarShape(
        expected,
        new JsonObject().put("type", types),
        (scalar, in) -> {
          if (scalar.kind() == Scalar.Kind.NOTHING) {
            throw new Unfit(expected);
          }
          return scalar.text();
        });
  }

  /** Text of a certain form, the same for parser and schema. */
  static ScalarShape text(String expected, String regex) {
    return text(expected, regex, text -> true);
  }

  /** Text of a certain form that must pass a further test, which the schema cannot say. */
  static ScalarShape text(String expected, String regex, Predicate<String> test) {
    return new ScalarShape(
        expected,
        new JsonObject()
            .put("type", new JsonArray().add("string").add("number").add("boolean"))
            .put("pattern", "^(" + regex + ")$"),
        (scalar, in) -> {
          boolean none =
              scalar.kind() == Scalar.Kind.NOTHING || scalar.text().length() > LONGEST_WORD;
          if (none || !scalar.text().matches(regex) || !test.test(scalar.text())) {
            throw new Unfit(expected);
          }
          return scalar.text();
        });
  }

  /** Text that is checked by code alone. Content: what {@code reader} gives. */
  static ScalarShape parsed(String expected, String regex, Function<String, Object> reader) {
    return new ScalarShape(expected, pattern(regex), (scalar, in) -> reader.apply(scalar.text()));
  }

  /** One of several words, each standing for a value. */
  static ScalarShape choice(Map<String, ?> meanings) {
    JsonArray words = new JsonArray();
    meanings.keySet().forEach(words::add);
    String expected =
        meanings.size() == 1
            ? meanings.keySet().iterator().next()
            : "one of " + String.join(", ", meanings.keySet());
    return new ScalarShape(
            expected,
            new JsonObject().put("enum", words),
            (scalar, in) -> choose(scalar, meanings, expected))
        .writtenBy(value -> word(meanings, value));
  }

  private static Object choose(Scalar scalar, Map<String, ?> meanings, String expected) {
    Object value = meanings.get(scalar.text());
    if (value == null) {
      String hint =
          Nearest.to(scalar.text(), meanings.keySet())
              .map(near -> " (did you mean " + near + "?)")
              .orElse("");
      throw new Unfit(expected + hint);
    }
    return value;
  }

  private static Object word(Map<String, ?> meanings, Object value) {
    return meanings.entrySet().stream()
        .filter(entry -> entry.getValue().equals(value))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  /** The constants of an enum, in kebab-case. */
  static <E extends Enum<E>> ScalarShape constants(Class<E> type) {
    return choice(
        Arrays.stream(type.getEnumConstants())
            .collect(
                Collectors.toMap(Shapes::word, each -> each, (a, b) -> a, LinkedHashMap::new)));
  }

  /** Words that stand for themselves. */
  static ScalarShape words(String... words) {
    Map<String, String> meanings = new LinkedHashMap<>();
    Arrays.stream(words).forEach(word -> meanings.put(word, word));
    return choice(meanings);
  }

  /** An enum constant as it is written in the file. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Object file(Scalar scalar, Reading in) {
    try {
      Path path = in.folder().resolve(scalar.text());
      if (scalar.kind() != Scalar.Kind.NOTHING
          && Files.isRegularFile(path)
          && Files.isReadable(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // Said below, like any file that is not there.
    }
    throw new Unfit("a readable file (relative names start at the configuration file's folder)");
  }
}
