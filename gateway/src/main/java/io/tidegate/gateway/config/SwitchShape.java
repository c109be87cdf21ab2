package io.tidegate.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A policy, or {@code false} to switch it off. */
final class SwitchShape extends Shape {
  private final Shape policy;

  SwitchShape(Shape policy) {
    this.policy = policy;
  }

  @Override
  Value readNode(Node node, String path, Reading in) {
    if (!(node instanceof ScalarNode scalar)) {
      return policy.readNode(node, path, in);
    }
    Optional<Scalar> found = in.scalar(scalar, path);
    if (found.isEmpty()) {
      return new Value.Broken(Place.of(path, node));
    }
    boolean off = found.get().is(Scalar.Kind.FLAG) && found.get().text().equalsIgnoreCase("false");
    return off ? new Value.Off(found.get().place()) : in.unfit(found.get(), expected());
  }

  @Override
  String expected() {
    return policy.expected() + ", or false";
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    JsonObject off = new JsonObject().put("const", false);
    return new JsonObject().put("anyOf", new JsonArray().add(policy.schema(definitions)).add(off));
  }
}
