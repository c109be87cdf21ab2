package io.tidegate.gateway.config;

import io.vertx.core.json.JsonObject;
import org.snakeyaml.engine.v2.nodes.Node;

/** What may stand somewhere in the file: reads it, and says it as JSON Schema. */
abstract class Shape {
  /** Reads the node; what is wrong goes to the problems and leaves a {@link Value.Broken}. */
  final Value read(Node node, String path, Reading in) {
    if (!in.room(node) || !in.plainTag(node, path)) {
      return new Value.Broken(Place.of(path, node));
    }
    return readNode(node, path, in);
  }

  abstract Value readNode(Node node, String path, Reading in);

  /** The end of a message: {@code found 0, expected ...}. */
  abstract String expected();

  /** JSON Schema (draft 2020-12) of the same; named parts go to {@code definitions}. */
  abstract JsonObject schema(JsonObject definitions);

  /** A value of this shape as it would be written, for the defaults in the schema. */
  Object write(Object value) {
    return value;
  }
}
