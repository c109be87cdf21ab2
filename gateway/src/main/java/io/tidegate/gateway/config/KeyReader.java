package io.tidegate.gateway.config;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads the keys of one mapping: scalars, each once. */
final class KeyReader {
  private final String path;
  private final boolean ignoreCase;
  private final Reading in;
  private final Map<String, Integer> lines = new HashMap<>();

  KeyReader(String path, boolean ignoreCase, Reading in) {
    this.path = path;
    this.ignoreCase = ignoreCase;
    this.in = in;
  }

  /** The key's name, or nothing and an error. */
  Optional<String> read(Node key) {
    if (!(key instanceof ScalarNode scalar)) {
      in.problems().error(Place.of(path, key), "found a key that is not a word, expected a word");
      return Optional.empty();
    }
    String name = scalar.getValue();
    Place place = Place.of(Place.key(path, name), key);
    Integer first =
        lines.putIfAbsent(ignoreCase ? name.toLowerCase(Locale.ROOT) : name, place.line());
    if (first != null) {
      in.problems()
          .error(place, "found this key twice, first in line " + first + ", expected it once");
      return Optional.empty();
    }
    return Optional.of(name);
  }
}
