package io.tidegate.gateway.config;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Anything that JSON can say; its content is the JSON text. */
final class JsonShape extends Shape {
  private static final int LONGEST_NUMBER = 100;

  @Override
  Value readNode(Node node, String path, Reading in) {
    try {
      Object content = content(node, path, in, 0);
      return new Value.Single(Place.of(path, node), Json.encode(content), "JSON");
    } catch (Unfit e) {
      return in.broken(Place.of(path, node), e.getMessage());
    }
  }

  /** Null is a value of JSON. */
  private Object content(Node node, String path, Reading in, int depth) {
    // Compose lets an alias refer to the mapping that it stands in.
    if (depth > YamlTree.DEPTH || !in.room(node)) {
      throw new Unfit("found a value that is nested too deep or contains itself");
    }
    if (node instanceof SequenceNode sequence) {
      List<Object> items = new ArrayList<>();
      for (Node child : sequence.getValue()) {
        items.add(content(child, Place.item(path, items.size()), in, depth + 1));
      }
      return items;
    }
    if (node instanceof MappingNode mapping) {
      KeyReader keys = new KeyReader(path, false, in);
      Map<String, Object> values = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = keys.read(tuple.getKeyNode()).orElse("");
        values.put(key, content(tuple.getValueNode(), Place.key(path, key), in, depth + 1));
      }
      return values;
    }
    return in.scalar((ScalarNode) node, path).map(JsonShape::content).orElse(null);
  }

  private static Object content(Scalar scalar) {
    return switch (scalar.kind()) {
      case NOTHING -> null;
      case FLAG -> Boolean.valueOf(scalar.text());
      case NUMBER -> number(scalar);
      case TEXT, ANY -> scalar.text();
    };
  }

  private static Object number(Scalar scalar) {
    try {
      if (scalar.text().length() > LONGEST_NUMBER) {
        throw new NumberFormatException();
      }
      return new java.math.BigDecimal(scalar.text());
    } catch (NumberFormatException e) {
      throw new Unfit("found " + scalar.shown() + ", expected a number that JSON can say");
    }
  }

  @Override
  String expected() {
    return "a JSON value";
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    return new JsonObject();
  }
}
