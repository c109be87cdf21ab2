package io.tidegate.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** One word, number or text. */
final class ScalarShape extends Shape {
  private static final String INTERPOLATED = "interpolated";

  /** Reads a scalar; throws {@link Unfit} with what was expected when it is not one of these. */
  interface Reader {
    Object read(Scalar scalar, Reading in);
  }

  private final String expected;
  private final JsonObject schema;
  private final Reader reader;
  private final Function<Object, Object> writer;
  private final boolean secret;

  ScalarShape(String expected, JsonObject schema, Reader reader) {
    this(expected, schema, reader, value -> value, false);
  }

  private ScalarShape(
      String expected,
      JsonObject schema,
      Reader reader,
      Function<Object, Object> writer,
      boolean secret) {
    this.expected = expected;
    this.schema = schema;
    this.reader = reader;
    this.writer = writer;
    this.secret = secret;
  }

  /** Written by {@code writer} where a default is shown. */
  ScalarShape writtenBy(Function<Object, Object> how) {
    return new ScalarShape(expected, schema, reader, how, secret);
  }

  /** Never shown in a message. */
  ScalarShape secret() {
    return new ScalarShape(expected, schema, reader, writer, true);
  }

  @Override
  Value readNode(Node node, String path, Reading in) {
    if (node instanceof ScalarNode scalar) {
      return in.scalar(scalar, path)
          .map(found -> read(found, in))
          .orElseGet(() -> new Value.Broken(Place.of(path, node)));
    }
    return in.unfit(node, path, expected);
  }

  Value read(Scalar scalar, Reading in) {
    try {
      return new Value.Single(scalar.place(), reader.read(scalar, in), scalar.shown());
    } catch (Unfit e) {
      if (secret) {
        return in.broken(scalar.place(), "found something else, expected " + e.getMessage());
      }
      return in.unfit(scalar, e.getMessage());
    }
  }

  @Override
  String expected() {
    return expected;
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    if (schema.size() == 1 && schema.getValue("type") instanceof JsonArray) {
      return schema.copy(); // free text has room for an interpolation as it is
    }
    JsonObject reference = new JsonObject().put("$ref", "#/$defs/" + INTERPOLATED);
    return new JsonObject().put("anyOf", new JsonArray().add(schema.copy()).add(reference));
  }

  /** The schema that every scalar's refers to. */
  static void define(JsonObject definitions) {
    definitions.put(
        INTERPOLATED,
        new JsonObject()
            .put("description", "Taken from the environment or a file when the file is read.")
            .put("type", "string")
            .put("pattern", "\\$\\{[^}]+\\}"));
  }

  @Override
  Object write(Object value) {
    return writer.apply(value);
  }
}
