package io.tidegate.gateway.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;

/** A mapping with known keys: one table of the file's reference. */
final class Section extends Shape {
  /**
   * @param fallback the default; empty: none, or one that the description tells
   */
  record Key(String name, Shape shape, String about, Optional<Object> fallback, boolean required) {}

  private record Group(boolean needed, List<String> keys) {}

  /** Under this no key can stand: what is wrong with several keys together. */
  private static final String WHOLE = "";

  private final String name;
  private final String about;
  private final Map<String, Key> keys = new LinkedHashMap<>();
  private final Set<String> notYet = new LinkedHashSet<>();
  private final List<Group> groups = new ArrayList<>();

  Section(String name, String about) {
    this.name = name;
    this.about = about;
  }

  Section key(String key, Shape shape, String meaning, Object fallback) {
    return put(new Key(key, shape, meaning, Optional.of(fallback), false));
  }

  Section key(String key, Shape shape, String meaning) {
    return put(new Key(key, shape, meaning, Optional.empty(), false));
  }

  Section required(String key, Shape shape, String meaning) {
    return put(new Key(key, shape, meaning, Optional.empty(), true));
  }

  private Section put(Key key) {
    keys.put(key.name(), key);
    return this;
  }

  /** All keys of another section as well. */
  Section keysOf(Section other) {
    keys.putAll(other.keys);
    notYet.addAll(other.notYet);
    return this;
  }

  /** Keys of later parts: refused by name. */
  Section notYet(String... names) {
    notYet.addAll(List.of(names));
    return this;
  }

  Section exactlyOne(String... names) {
    groups.add(new Group(true, List.of(names)));
    return this;
  }

  Section atMostOne(String... names) {
    groups.add(new Group(false, List.of(names)));
    return this;
  }

  String name() {
    return name;
  }

  Collection<Key> keys() {
    return keys.values();
  }

  @Override
  Value readNode(Node node, String path, Reading in) {
    if (!(node instanceof MappingNode mapping)) {
      return in.unfit(node, path, expected());
    }
    KeyReader names = new KeyReader(path, false, in);
    Map<String, Value> values = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      names
          .read(tuple.getKeyNode())
          .ifPresent(key -> read(key, tuple, Place.key(path, key), in, values));
    }
    boolean odd = mapping.getValue().size() > values.size();
    complete(Place.of(path, node), values, odd, in);
    return new Fields(Place.of(path, node), values);
  }

  private void read(
      String key, NodeTuple tuple, String path, Reading in, Map<String, Value> values) {
    if (keys.containsKey(key)) {
      values.put(key, keys.get(key).shape().read(tuple.getValueNode(), path, in));
      return;
    }
    Place place = Place.of(path, tuple.getKeyNode());
    String message = notYet.contains(key) ? NotYetShape.MESSAGE : unknown(key);
    in.problems().error(place, message);
  }

  private String unknown(String key) {
    return Nearest.to(key, keys.keySet())
        .map(near -> "unknown key; did you mean " + near + "?")
        .orElseGet(() -> "unknown key; known here: " + String.join(", ", keys.keySet()));
  }

  /**
   * What is missing leaves a broken value too, so that nobody takes the section for whole.
   *
   * @param odd whether there are keys that were refused: one of them may be what is missing
   */
  private void complete(Place place, Map<String, Value> values, boolean odd, Reading in) {
    Set<String> written = Set.copyOf(values.keySet());
    for (Key key : keys.values()) {
      if (key.required() && !written.contains(key.name())) {
        Place missing = place.missing(key.name());
        String expected = "found nothing, expected " + key.shape().expected();
        values.put(key.name(), in.broken(missing, expected));
      }
    }
    for (Group group : groups) {
      List<String> there = group.keys().stream().filter(written::contains).toList();
      String all = String.join(", ", group.keys());
      if (there.size() > 1) {
        String found = "found " + String.join(" and ", there);
        values.put(WHOLE, in.broken(place, found + ", expected only one of " + all));
      } else if (there.isEmpty() && group.needed()) {
        String message = "found none of " + all + ", expected one of them";
        values.put(WHOLE, odd ? new Value.Broken(place) : in.broken(place, message));
      }
    }
  }

  @Override
  String expected() {
    return "a mapping";
  }

  @Override
  JsonObject schema(JsonObject definitions) {
    if (!definitions.containsKey(name)) {
      definitions.put(name, new JsonObject()); // holds the place, should a section contain itself
      definitions.put(name, definition(definitions));
    }
    return new JsonObject().put("$ref", "#/$defs/" + name);
  }

  JsonObject definition(JsonObject definitions) {
    JsonObject properties = new JsonObject();
    JsonArray required = new JsonArray();
    for (Key key : keys.values()) {
      JsonObject property = new JsonObject().put("description", key.about());
      property.mergeIn(key.shape().schema(definitions));
      key.fallback().ifPresent(value -> property.put("default", key.shape().write(value)));
      properties.put(key.name(), property);
      if (key.required()) {
        required.add(key.name());
      }
    }
    JsonObject schema = new JsonObject().put("description", about).put("type", "object");
    schema.put("additionalProperties", false).put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    JsonArray all = new JsonArray();
    groups.forEach(group -> all.add(condition(group)));
    return all.isEmpty() ? schema : schema.put("allOf", all);
  }

  private static JsonObject condition(Group group) {
    JsonArray each = new JsonArray();
    JsonArray any = new JsonArray();
    for (String key : group.keys()) {
      JsonObject present = new JsonObject().put("required", new JsonArray().add(key));
      each.add(present);
      any.add(present.copy());
    }
    if (!group.needed()) {
      each.add(new JsonObject().put("not", new JsonObject().put("anyOf", any)));
    }
    return new JsonObject().put("oneOf", each);
  }
}
