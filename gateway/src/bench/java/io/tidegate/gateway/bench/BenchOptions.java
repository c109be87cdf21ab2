package io.tidegate.gateway.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How to measure.
 *
 * @param jars gateways by name, so that two builds can be compared in one run
 * @param rounds how often each contestant is measured, in turns
 * @param warmUp seconds of load before the first round, for each
 * @param seconds of load in each round
 * @param heap of each JVM, as after -Xmx; the bare proxy gets the same
 */
record BenchOptions(
    Map<String, Path> jars,
    int rounds,
    int warmUp,
    int seconds,
    int connections,
    int body,
    String heap) {
  static final String USAGE =
      "options: --jar [NAME=]PATH (repeatable) --rounds N --warm-up S --seconds S"
          + " --connections N --body BYTES --heap SIZE";

  static BenchOptions parse(String[] arguments) {
    Map<String, Path> jars = new LinkedHashMap<>();
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length || !arguments[i].startsWith("--")) {
        throw new IllegalArgumentException(USAGE);
      }
      String value = arguments[i + 1];
      if (arguments[i].equals("--jar")) {
        int equals = value.indexOf('=');
        jars.put(
            equals < 0 ? "tidegate" : value.substring(0, equals),
            Path.of(value.substring(equals + 1)).toAbsolutePath());
      } else {
        values.put(arguments[i].substring(2), value);
      }
    }
    if (jars.isEmpty()) {
      jars.put("tidegate", Path.of("gateway/target/tidegate.jar").toAbsolutePath());
    }
    var options =
        new BenchOptions(
            jars,
            number(values, "rounds", 5),
            number(values, "warm-up", 150),
            number(values, "seconds", 10),
            number(values, "connections", 64),
            number(values, "body", 1024),
            values.getOrDefault("heap", "256m"));
    values.keySet().removeAll(List.of("rounds", "warm-up", "seconds", "connections"));
    values.keySet().removeAll(List.of("body", "heap"));
    if (!values.isEmpty()) {
      throw new IllegalArgumentException("unknown: " + values.keySet() + "; " + USAGE);
    }
    return options;
  }

  private static int number(Map<String, String> values, String key, int otherwise) {
    String value = values.get(key);
    return value == null ? otherwise : Integer.parseInt(value);
  }
}
