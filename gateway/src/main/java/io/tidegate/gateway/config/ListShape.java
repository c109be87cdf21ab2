package io.tidegate.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A list of one kind of thing; a scalar alone is taken for a list of one where scalars may stand.
 */
final class ListShape extends Shape {
  private final Shape item;
  private final int fewest;
  private final boolean single;

  private ListShape(Shape item, int fewest, boolean single) {
    this.item = item;
    this.fewest = fewest;
    this.single = single;
  }

  static ListShape of(Shape item) {
    return new ListShape(item, 0, item instanceof ScalarShape || item instanceof EitherShape);
  }

  ListShape atLeastOne() {
    return new ListShape(item, 1, single);
  }

  @Override
  Value readNode(Node node, String path, Reading in) {
    if (single && node instanceof ScalarNode) {
      return new Value.Items(Place.of(path, node), List.of(item.read(node, path, in)));
    }
    if (!(node instanceof SequenceNode sequence)) {
      return in.unfit(node, path, expected());
    }
    if (sequence.getValue().size() < fewest) {
      return in.broken(Place.of(path, node), "found an empty list, expected " + expected());
    }
    List<Value> values = new ArrayList<>();
    for (Node child : sequence.getValue()) {
      values.add(item.read(child, Place.item(path, values.size()), in));
    }
    return new Value.Items(Place.of(path, node), values);
  }

  @Override
  String expected() {
    return "a list" + (fewest > 0 ? " of at least one" : "") + " (each " + item.expected() + ")";
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    JsonObject each = item.schema(definitions);
    JsonObject list = new JsonObject().put("type", "array").put("items", each);
    if (fewest > 0) {
      list.put("minItems", fewest);
    }
    return single
        ? new JsonObject().put("anyOf", new JsonArray().add(list).add(each.copy()))
        : list;
  }

  @Override
  Object write(Object value) {
    if (!(value instanceof Collection<?>)) {
      return item.write(value); // items that are joined into one value, such as conditions
    }
    JsonArray written = new JsonArray();
    ((Collection<?>) value).forEach(each -> written.add(item.write(each)));
    return written;
  }
}
