package io.tidegate.gateway.config;

import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Where something stands in the file; line and column count from 1. */
record Place(String path, int line, int column) {
  static final Place START = new Place("", 1, 1);

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

  static Place of(String path, Node node) {
    return node.getStartMark()
        .map(mark -> new Place(path, mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(new Place(path, 1, 1));
  }

  /** The same spot, under the name of a key that is not there. */
  Place missing(String key) {
    return new Place(key(path, key), line, column);
  }

  static String key(String parent, String key) {
    if (!PLAIN.matcher(key).matches()) {
      String shown = key.length() > 60 ? key.substring(0, 60) + "…" : key;
      return parent + "[\"" + shown.replaceAll("[\\p{Cntrl}\"]", "?") + "\"]";
    }
    return parent.isEmpty() ? key : parent + "." + key;
  }

  static String item(String parent, int index) {
    return parent + "[" + index + "]";
  }
}
