package io.tidegate.gateway.config;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A mapping whose keys the user chooses. */
final class MapShape extends Shape {
  private final ScalarShape name;
  private final Shape value;
  private final boolean ignoreCase;

  MapShape(ScalarShape name, Shape value, boolean ignoreCase) {
    this.name = name;
    this.value = value;
    this.ignoreCase = ignoreCase;
  }

  @Override
  Value readNode(Node node, String path, Reading in) {
    if (!(node instanceof MappingNode mapping)) {
      return in.unfit(node, path, expected());
    }
    KeyReader keys = new KeyReader(path, ignoreCase, in);
    Map<String, Value> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      keys.read(tuple.getKeyNode())
          .ifPresent(key -> values.put(key, read(key, tuple, Place.key(path, key), in)));
    }
    return new Fields(Place.of(path, node), values);
  }

  private Value read(String key, NodeTuple tuple, String path, Reading in) {
    ScalarNode node = (ScalarNode) tuple.getKeyNode();
    Scalar written = new Scalar(Place.of(path, node), key, Scalar.Kind.TEXT, "");
    Value named = name.read(written, in);
    Value read = value.read(tuple.getValueNode(), path, in);
    return named instanceof Value.Broken ? named : read;
  }

  @Override
  String expected() {
    return "a mapping";
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    JsonObject names = name.schema(definitions);
    // Keys are not interpolated: the first alternative is the word itself.
    JsonObject bare =
        names.containsKey("anyOf") ? names.getJsonArray("anyOf").getJsonObject(0) : names;
    return new JsonObject()
        .put("type", "object")
        .put("propertyNames", bare)
        .put("additionalProperties", value.schema(definitions));
  }
}
