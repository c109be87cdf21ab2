package io.tidegate.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A short form (a scalar) or a long form (anything else). */
final class EitherShape extends Shape {
  private final Shape scalar;
  private final Shape other;

  EitherShape(Shape scalar, Shape other) {
    this.scalar = scalar;
    this.other = other;
  }

  @Override
  Value readNode(Node node, String path, Reading in) {
    return node instanceof ScalarNode
        ? scalar.readNode(node, path, in)
        : other.readNode(node, path, in);
  }

  @Override
  String expected() {
    return scalar.expected() + ", or " + other.expected();
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    JsonArray forms =
        new JsonArray().add(scalar.schema(definitions)).add(other.schema(definitions));
    return new JsonObject().put("anyOf", forms);
  }

  @Override
  Object write(Object value) {
    return scalar.write(value);
  }
}
