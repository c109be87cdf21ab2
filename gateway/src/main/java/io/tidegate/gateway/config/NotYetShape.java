package io.tidegate.gateway.config;

import io.vertx.core.json.JsonObject;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A word of a later part: refused by name, since what is written without effect would mislead. */
final class NotYetShape extends Shape {
  static final String MESSAGE = "not yet supported; remove it";

  private final String word;
  private final Shape instead;

  NotYetShape(String word, Shape instead) {
    this.word = word;
    this.instead = instead;
  }

  @Override
  Value readNode(Node node, String path, Reading in) {
    if (node instanceof ScalarNode scalar && scalar.getValue().equals(word)) {
      return in.broken(Place.of(path, node), word + ": " + MESSAGE);
    }
    return instead.readNode(node, path, in);
  }

  @Override
  String expected() {
    return instead.expected();
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    return instead.schema(definitions);
  }

  @Override
  Object write(Object value) {
    return instead.write(value);
  }
}
